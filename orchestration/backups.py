"""What of a home cannot be built again, kept in one tar file, and a home made of it.

Kept are the registry, what people wrote (decisions, labels, weights, an edited
dagster.yaml), the landing and the version that readers see. The warehouse is not: a
night builds it from these.
"""

import hashlib
import json
import os
import shutil
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from ingestion.home import close_home
from ingestion.rights import in_words
from ingestion.settings import Settings
from orchestration.instance import edited_settings
from orchestration.published import show_version

_FORMAT = 1
_MANIFEST = "manifest.json"
_LANDING = "landing"
# Of the home. What a restore replaces even where the backup has nothing of it.
_REPLACED = ("registry", "decisions", "labels", "answer_key", "models", "published")
# Not in a backup, and of another time than what is: the next night builds them.
_REBUILT = ("warehouse.duckdb", "warehouse.duckdb.wal", "dlt", "incoming")
_YAML = "dagster/dagster.yaml"
_READ_AT_ONCE = 1 << 20


class BackupFailed(ValueError):
    """Nothing was kept, or nothing restored; the message says why and what to do."""


@dataclass
class _Read:
    """A file as tar reads it: hashed on the way, of just the size it had at first."""

    file: IO[bytes]
    left: int
    digest: object
    is_short: bool = False

    def read(self, size: int) -> bytes:
        """What tar asks for; zeros where the file has become shorter."""
        size = min(size, self.left)
        data = self.file.read(size)
        if len(data) < size:
            self.is_short = True
            data += bytes(size - len(data))
        self.left -= size
        self.digest.update(data)
        return data


def back_up(settings: Settings, target: Path, landing: bool = True) -> str:
    """Keep a home in the file `target`, or in a new file in that folder.

    To be called by who holds the writer's lock, so that no night is under way. Returns
    what was done, in words. Raises BackupFailed.
    """
    shown = (settings.published / "current").resolve().name
    shown = shown if (settings.published / "current").exists() else ""
    if target.is_dir():
        now = datetime.now(UTC)
        night = shown.partition("_")[0] or "no-night"
        target /= f"unavista_{night}_{now:%Y%m%dT%H%M%SZ}.tar"
    _check_target(settings, target)
    partial = target.with_name(f".{target.name}.partial")
    try:
        with _new(partial) as file:
            known, left_out = _write(settings, file, shown, landing)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)
    except OSError as error:
        raise BackupFailed(
            f"nothing was kept: {in_words(error, settings, target)}"
        ) from None
    finally:
        partial.unlink(missing_ok=True)
    size = sum(entry["size"] for entry in known.values())
    said = f"kept {len(known):,} files, {_amount(size)}"
    said += f", of the night of {shown.partition('_')[0]}" if shown else ""
    said += "" if landing else ", without the landing"
    lines = [f"{said}, in {target}"]
    if landing and settings.landing_url:
        lines.append(
            "  ! files at the address UNAVISTA_LANDING are not in it: keep them too"
        )
    lines += [f"  ! left out {name}, which was being written" for name in left_out]
    return "\n".join(lines)


def restore(settings: Settings, source: Path, overwrite: bool = False) -> str:
    """Make the home of a backup; returns what was done, in words.

    The whole file is read and checked before anything in the home is touched. What the
    home holds is put aside in it, where one may `overwrite`. Raises BackupFailed.
    """
    held = _held(settings)
    if held and not overwrite:
        raise BackupFailed(
            f"{settings.home} holds {', '.join(held)} already; restore to another"
            " UNAVISTA_HOME, or say --overwrite, and what is there is put aside"
        )
    close_home(settings)
    staged = settings.home / ".restoring"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(mode=0o700)
    try:
        manifest = _unpack(source, staged)
        lines = [_put_in_place(settings, manifest, staged)]
    except OSError as error:
        raise BackupFailed(
            f"the restore did not end: {in_words(error, settings, source)}; then"
            " begin it again"
        ) from None
    finally:
        _remove(staged)
    if manifest["shown"]:
        show_version(settings, manifest["shown"])
    close_home(settings)
    made = f"{manifest['made_at']} by unavista {manifest['unavista']}"
    first = f"restored {len(manifest['files']):,} files kept at {made}"
    if manifest["landing"]:
        lines.append("next: unavista run, which builds the warehouse anew")
    else:
        lines.append(
            "it was made without the landing: bring the landing back, then: unavista"
            " run, which builds the warehouse anew"
        )
    return "\n".join([first, *filter(None, lines)])


def _check_target(settings: Settings, target: Path) -> None:
    if not target.parent.is_dir():
        raise BackupFailed(f"there is no folder {target.parent}; make it first")
    if target.exists():
        raise BackupFailed(f"{target} is there already; say another name")
    for name in (*_REPLACED, _LANDING):
        if target.resolve().is_relative_to((settings.home / name).resolve()):
            raise BackupFailed(
                f"{target} lies in {settings.home / name}, which is kept itself; say"
                " another place, best on another disk"
            )


def _new(path: Path) -> IO[bytes]:
    """A file for its owner alone."""
    flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _write(
    settings: Settings, file: IO[bytes], shown: str, landing: bool
) -> tuple[dict[str, dict], list[str]]:
    """Write the archive; returns what is in it, and what changed while it was read."""
    known: dict[str, dict] = {}
    left_out = []
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, path in _found(settings, shown, landing):
            if path.is_dir():
                _add_folder(archive, name, path)
            elif path.is_file():
                entry = _add_file(archive, name, path)
                if entry:
                    known[name] = entry
                else:
                    left_out.append(name)
        if not known:
            raise BackupFailed(f"there is nothing to keep in {settings.home}")
        manifest = {
            "format": _FORMAT,
            "unavista": version("unavista"),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "shown": shown,
            "landing": landing,
            "files": known,
        }
        # Last: an archive that ends too early has none.
        text = json.dumps(manifest, indent=1).encode()
        member = tarfile.TarInfo(_MANIFEST)
        member.size, member.mode = len(text), 0o600
        archive.addfile(member, BytesIO(text))
    return known, left_out


def _found(settings: Settings, shown: str, landing: bool) -> Iterator[tuple[str, Path]]:
    """Each folder and file to keep, with its name in the archive."""
    for name in (*_REPLACED[:-1], *([_LANDING] if landing else [])):
        yield from _inside(name, settings.home / name, set())
    if shown:
        versions = "published/versions"
        for name in ("published", versions):
            yield name, settings.home / name
        yield from _inside(
            f"{versions}/{shown}", settings.home / versions / shown, set()
        )
    if yaml := edited_settings(settings):
        yield _YAML, yaml


def _inside(name: str, path: Path, seen: set[Path]) -> Iterator[tuple[str, Path]]:
    """A folder and all in it, through links, but not round in a circle."""
    place = path.resolve()
    if not path.is_dir() or place in seen:
        return
    yield name, path
    for entry in sorted(path.iterdir()):
        inner = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from _inside(inner, entry, seen | {place})
        else:
            yield inner, entry


def _add_folder(archive: tarfile.TarFile, name: str, path: Path) -> None:
    member = tarfile.TarInfo(name)
    member.type, member.mode = tarfile.DIRTYPE, stat.S_IMODE(path.stat().st_mode)
    archive.addfile(member)


def _add_file(archive: tarfile.TarFile, name: str, path: Path) -> dict | None:
    """Add a file; returns its size and hash, or nothing where it changed meanwhile."""
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        member = tarfile.TarInfo(name)
        member.size = before.st_size
        # To the nanosecond: a number with a point would come back beside it, and the
        # ledger would take the file for another.
        seconds, rest = divmod(before.st_mtime_ns, 10**9)
        member.pax_headers["mtime"] = f"{seconds}.{rest:09d}"
        member.mode = stat.S_IMODE(before.st_mode)
        read = _Read(file, before.st_size, hashlib.sha256())
        archive.addfile(member, read)
        after = os.fstat(file.fileno())
    changed = (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)
    if changed or read.is_short:
        return None
    return {"size": before.st_size, "sha256": read.digest.hexdigest()}


def _held(settings: Settings) -> list[str]:
    """What of a home a restore would replace or mix with."""
    names = (*_REPLACED, _LANDING, "warehouse.duckdb")
    return [name for name in names if _holds(settings.home / name)]


def _holds(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else path.exists()


def _unpack(source: Path, staged: Path) -> dict:
    """Unpack an archive into a folder and check it against its manifest.

    Only plain files and folders with names of our own are written.
    """
    found: dict[str, dict] = {}
    modes: dict[Path, int] = {}
    manifest = None
    try:
        with tarfile.open(source, "r:") as archive:
            for member in archive:
                if member.name == _MANIFEST:
                    manifest = json.load(archive.extractfile(member))
                    continue
                path = staged / _checked(source, member)
                if member.isdir():
                    path.mkdir(parents=True, exist_ok=True)
                    modes[path] = member.mode
                else:
                    found[member.name] = _extract(archive, member, path)
    except (tarfile.TarError, ValueError, EOFError) as error:
        if isinstance(error, BackupFailed):
            raise
        raise BackupFailed(f"{source} is damaged, or no backup: {error}") from None
    if manifest is None:
        raise BackupFailed(f"{source} ends too early; take another backup")
    if manifest["format"] > _FORMAT:
        raise BackupFailed(
            f"{source} was made by unavista {manifest['unavista']}, which is later than"
            " this one; upgrade, then restore"
        )
    for name, expected in manifest["files"].items():
        if found.get(name) != expected:
            raise BackupFailed(
                f"{source}: {name} is not as it was kept; take another backup"
            )
    for name in found.keys() - manifest["files"].keys():
        (staged / name).unlink()
    for path, mode in reversed(modes.items()):
        path.chmod(mode & 0o777)
    return manifest


def _checked(source: Path, member: tarfile.TarInfo) -> str:
    """The name of a member; raises BackupFailed where no backup has such a one."""
    parts = PurePosixPath(member.name).parts
    is_ours = bool(parts) and parts[0] in (*_REPLACED, _LANDING)
    if (
        not (is_ours or member.name == _YAML)
        or ".." in parts
        or not (member.isreg() or member.isdir())
    ):
        raise BackupFailed(
            f"{source} is no backup of unavista: it holds {member.name!r}"
        )
    return member.name


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> dict:
    """Write one file with its time and mode; returns its size and hash."""
    digest, size = hashlib.sha256(), 0
    path.parent.mkdir(parents=True, exist_ok=True)
    content = archive.extractfile(member)
    with path.open("wb") as file:
        while data := content.read(_READ_AT_ONCE):
            size += file.write(data)
            digest.update(data)
        os.fchmod(file.fileno(), member.mode & 0o777)
    nanoseconds = int(Decimal(member.pax_headers.get("mtime", member.mtime)) * 10**9)
    os.utime(path, ns=(nanoseconds, nanoseconds))
    return {"size": size, "sha256": digest.hexdigest()}


def _put_in_place(settings: Settings, manifest: dict, staged: Path) -> str:
    """Put aside what is there and move what was unpacked; returns a sentence on it."""
    replaced = [*_REPLACED, *_REBUILT]
    if manifest["landing"]:
        replaced.append(_LANDING)
    if (staged / _YAML).exists():
        replaced.append(_YAML)
    aside = settings.home / f"before_restore_{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    moved = False
    for name in replaced:
        old, new = settings.home / name, staged / name
        if _holds(old) or old.is_symlink():
            (aside / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.rename(old, aside / name)
            moved = True
        if new.exists():
            old.parent.mkdir(parents=True, exist_ok=True)
            if old.is_dir():
                old.rmdir()
            os.rename(new, old)
    return f"what was there is in {aside}; delete it when all is well" * moved


def _remove(folder: Path) -> None:
    """Delete a folder, closed folders in it too."""
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o700)
    shutil.rmtree(folder)


def _amount(size: float) -> str:
    units = ["bytes", "kB", "MB", "GB", "TB"]
    while size >= 1000 and len(units) > 1:
        size /= 1000
        del units[0]
    return f"{size:,.0f} {units[0]}"
