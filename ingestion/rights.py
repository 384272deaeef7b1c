"""Whether this process may use a home, and what a file that it may not use needs."""

import errno
import os
import pwd
import shlex
from collections.abc import Iterator
from pathlib import Path

from ingestion.settings import Settings

_FULL = {errno.ENOSPC, errno.EDQUOT}


class NotAllowed(ValueError):
    """A home is somebody else's, or cannot be written; the message says what to do."""


def check_home(settings: Settings, writes: bool) -> None:
    """Raise NotAllowed, naming the first place that this process may not use.

    Before anything is begun, so that a command does nothing rather than a half. A home
    that is not there yet is made by whoever writes it.
    """
    for path, rights in _places(settings, writes):
        # In this order: what somebody writes just now may go meanwhile.
        if not os.access(path, rights, effective_ids=True) and path.exists():
            raise NotAllowed(refused(path, settings.home, bool(rights & os.W_OK)))


def is_mounted_read_only(path: Path) -> bool:
    """Whether the disk that a path lies on takes no writing, whoever asks."""
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def in_words(error: OSError, settings: Settings, place: Path | None = None) -> str:
    """What happened to a file, whose it is and what to do, in one sentence.

    `place` is where it happened, where the error does not say.
    """
    name = error.filename if isinstance(error.filename, str | Path) else place
    if name is None:
        return error.strerror or f"{type(error).__name__}: {error}"
    path = Path(name)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return refused(path, settings.home, error.errno == errno.EROFS)
    said = f"{path}: {error.strerror or type(error).__name__}"
    if error.errno in _FULL:
        return f"{said}; free space there, or name another place"
    return f"{said}; put right what is there, or name another place"


def refused(path: Path, home: Path, writes: bool) -> str:
    """Why this process may not use a path, and what to do."""
    there = _nearest(path)
    if writes and is_mounted_read_only(there):
        return (
            f"{path} cannot be written: its disk is mounted read-only; mount it for"
            f" writing{', or say another UNAVISTA_HOME' * path.is_relative_to(home)}"
        )
    me, owner = os.geteuid(), there.stat().st_uid
    verb = "written" if writes else "used"
    if owner == me:
        return (
            f"{there} is yours, but its mode does not let it be {verb}; open it:"
            f" chmod u+rwX {shlex.quote(str(there))}"
        )
    # Never of a folder that is not all unavista's own.
    way = "name another place"
    if there.is_relative_to(home):
        mine = f"chown -R {_name(me)} {shlex.quote(str(home))}"
        way = f"hand the home over, as root: {mine}"
    return (
        f"{there} belongs to the user {_name(owner)}, and may not be {verb} by"
        f" {_name(me)}; run unavista as {_name(owner)}, or {way}"
    )


def _places(settings: Settings, writes: bool) -> Iterator[tuple[Path, int]]:
    """Each place of a home that is there, and what must be allowed in it.

    A folder comes before what is in it. What people deliver and decide is only read.
    """
    reads = os.R_OK | os.X_OK
    all_of_it = reads | os.W_OK if writes else reads
    files = os.R_OK | os.W_OK if writes else os.R_OK
    if not settings.home.is_dir():
        return
    yield settings.home, all_of_it
    for path in sorted(settings.home.iterdir()):
        if path.name.endswith(".lock") or path.name.startswith("warehouse.duckdb"):
            yield path, files
    for folder in (settings.landing, settings.decisions, settings.labels):
        if folder.is_dir():
            yield folder, reads
    for folder in (
        settings.registry, settings.line, settings.logs, settings.dbt, settings.dlt,
        settings.incoming, settings.published, settings.published / "versions",
        settings.dagster,
    ):  # fmt: skip
        if folder.is_dir():
            yield folder, all_of_it
    for path in sorted(settings.registry.rglob("*")):
        yield path, all_of_it if path.is_dir() else os.R_OK
    for pattern in ("*", "history/*", "schedules/*"):
        for path in sorted(settings.dagster.glob(pattern)):
            yield path, all_of_it if path.is_dir() else files


def _nearest(path: Path) -> Path:
    """The path, or the nearest folder above it that this process can look at."""
    while path != path.parent:
        try:
            path.stat()
        except OSError:
            path = path.parent
        else:
            return path
    return path


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
