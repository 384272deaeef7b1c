"""Replaces what readers open, in one step, after everything was built and tested."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from ingestion.settings import Settings
from orchestration import registry
from orchestration.public_tables import PERSONAL_SCHEMA, PublicTable
from orchestration.version_files import OPEN, make_folder, write_files

NOTHING = "nothing is published yet in {} (UNAVISTA_HOME); run: unavista run"


def publish(settings: Settings, tables: list[PublicTable], as_of: date) -> Path:
    """Write a new version and let `published/` point to it; returns its folder.

    `marts.duckdb` holds every public table outside the schema `contacts`,
    `contacts.duckdb` (for the owner alone) those inside; `parquet/` holds both. One
    symbolic link is replaced, so that a reader sees the old version or the new one,
    never a mixture; it stays where it is when a night is run again that is earlier than
    the newest. Raises ValueError when a personal column would leave the schema
    `contacts`.
    """
    leaking = [
        table.name
        for table in tables
        if table.file != PERSONAL_SCHEMA
        and any(column.is_personal for column in table.columns)
    ]
    if leaking:
        raise ValueError(f"personal columns outside `contacts` in {', '.join(leaking)}")
    versions = settings.published / "versions"
    for folder in (settings.published, versions):
        make_folder(folder, OPEN)
    for leftover in versions.glob(".*"):
        shutil.rmtree(leftover)
    partial = versions / f".{as_of}"
    write_files(settings, partial, tables, next(iter(versions_kept(settings)), None))
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        # First the ids, then the tables that use them: no published id is forgotten.
        registry.export(connection, settings, as_of)
    with _moving(settings):
        newest = newest_night(settings) or as_of
        version = _next_version(versions, as_of)
        os.rename(partial, version)
        if as_of >= newest:
            _show(settings, version)
        kept = {version, (settings.published / "current").resolve()}
        for old in set(versions_kept(settings)[settings.keep_versions :]) - kept:
            shutil.rmtree(old)
    return version


def row_count(version: Path) -> int:
    """How many rows the tables of a version hold."""
    total = 0
    for name in ("marts", PERSONAL_SCHEMA):
        with duckdb.connect(str(version / f"{name}.duckdb"), read_only=True) as file:
            [(rows,)] = file.execute(
                "select coalesce(sum(estimated_size), 0) from duckdb_tables()"
            ).fetchall()
            total += int(rows)
    return total


def roll_back(settings: Settings, night: date | None) -> str:
    """Let readers see the last version of a night; returns what was done, in words.

    Without a night it is the version before the newest or, where readers see an earlier
    one already, the newest. Nothing but a link is changed. The next newest night that
    is published is shown again. Raises LookupError where there is no such version.
    """
    if not (settings.published / "current").exists():
        raise LookupError(NOTHING.format(settings.home))
    with _moving(settings):
        versions = versions_kept(settings)
        shown = (settings.published / "current").resolve()
        if night is None:
            if len(versions) == 1 and shown == versions[0].resolve():
                raise LookupError(f"{shown.name} is the only version there is")
            chosen = versions[shown == versions[0].resolve()]
        else:
            of_night = [version for version in versions if night_of(version) == night]
            if not of_night:
                names = ", ".join(version.name for version in versions)
                raise LookupError(f"no version of {night} is kept; there are {names}")
            chosen = of_night[0]
        if chosen.resolve() == shown:
            return f"readers see {shown.name} already"
        _show(settings, chosen)
    if chosen == versions[0]:
        ending = f"the newest; they saw {shown.name}"
    else:
        ending = (
            f"they saw {shown.name}. The next night shows itself; to go back to the"
            " newest now: unavista rollback"
        )
    return f"readers see {chosen.name}, {ending}"


def newest_night(settings: Settings) -> date | None:
    """The newest night that is published, whatever readers are shown."""
    versions = versions_kept(settings)
    return night_of(versions[0]) if versions else None


def versions_kept(settings: Settings) -> list[Path]:
    """The folders of all versions that are kept, the newest night and version first."""
    versions = (settings.published / "versions").glob("[!.]*")
    return sorted(versions, key=_night, reverse=True)


def night_of(version: Path) -> date:
    """The night of a version, by its folder's name."""
    return _night(version)[0]


def newest_version(settings: Settings) -> str:
    """The name of the version of the newest night, where something is published."""
    return versions_kept(settings)[0].name


@contextmanager
def _moving(settings: Settings) -> Iterator[None]:
    """Alone among those who choose what readers see: for a moment, never a night."""
    with (settings.home / "published.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def show_version(settings: Settings, name: str) -> None:
    """Let readers see the version of this name."""
    with _moving(settings):
        _show(settings, settings.published / "versions" / name)


def _show(settings: Settings, version: Path) -> None:
    _point(settings.published / "current", Path("versions") / version.name)
    for name in ("marts.duckdb", "contacts.duckdb", "parquet"):
        _point(settings.published / name, Path("current") / name)


def night_shown(settings: Settings) -> date:
    """The night that readers see; a day long ago where nothing is published."""
    current = settings.published / "current"
    return night_of(current.resolve()) if current.exists() else date.min


def has_version(settings: Settings, as_of: date) -> bool:
    """Whether a version of this night is published."""
    return any((settings.published / "versions").glob(f"{as_of}_*"))


def version_of(settings: Settings, as_of: date) -> Path:
    """The folder of the last version of a night. Raises LookupError without one."""
    versions = settings.published / "versions"
    found = sorted(versions.glob(f"{as_of}_*"), key=_night)
    if not found:
        raise LookupError(f"the night of {as_of} is not among the versions published")
    return found[-1]


def _next_version(versions: Path, as_of: date) -> Path:
    number = 1 + max(
        (_night(path)[1] for path in versions.glob(f"{as_of}_*")), default=0
    )
    return versions / f"{as_of}_{number:04d}"


def _night(version: Path) -> tuple[date, int]:
    """The night of a version, and its number among those of that night."""
    night, _, number = version.name.partition("_")
    return date.fromisoformat(night), int(number)


def _point(link: Path, target: Path) -> None:
    """Make `link` point to `target` in one step; leave a link that does so already."""
    if link.is_symlink() and Path(os.readlink(link)) == target:
        return
    partial = link.with_name(f".{link.name}")
    partial.unlink(missing_ok=True)
    partial.symlink_to(target)
    os.replace(partial, link)
