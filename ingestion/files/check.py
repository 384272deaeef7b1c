"""Says what would become of a file, without loading any of it."""

import shutil
import tempfile
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

import duckdb

from ingestion.files import readers
from ingestion.files.look import read_decisions
from ingestion.files.plain import Refused
from ingestion.settings import Settings
from ingestion.tables import Source, Table

_MOST_REJECTS = 5


def try_file(
    settings: Settings, sources: Iterable[Source], path: Path, place: str | None
) -> str:
    """Sentences on how a file would be read as `place` (source/table).

    Without a place, as the landing folder it lies in says, else as every table whose
    headings it has. Raises ValueError where there is no such file or table. Nothing is
    written: what only the files before can tell (a repeat, a shrunk export, a column
    that is gone) is not said.
    """
    if not path.is_file():
        raise ValueError(f"{path}: there is no such file")
    tables = {(source.name, t.name): t for source in sources for t in source.tables}
    name = _landing_name(settings, path)
    asked = _asked(tables, name, place)
    decisions = read_decisions(settings).get(name, frozenset())
    said = [
        (*_tried(path, table, decisions), f"{source}/{table.name}")
        for (source, _), table in asked.items()
    ]
    if len(asked) == 1:
        [(_, text, spelling)] = said
        return f"{path} as {spelling}: {text}"
    fitting = [(rows, f"as {at}: {text}") for rows, text, at in said if rows]
    if not fitting:
        raise ValueError(
            f"{path}: no table can use it. Say which it is, with --as source/table, to"
            " see what it lacks"
        )
    fitting.sort(key=lambda each: -each[0])
    return "\n".join([f"{path} can be read", *(text for _, text in fitting)])


def _landing_name(settings: Settings, path: Path) -> str:
    try:
        return path.resolve().relative_to(settings.landing.resolve()).as_posix()
    except ValueError:
        return ""


def _asked(
    tables: dict[tuple[str, str], Table], name: str, place: str | None
) -> dict[tuple[str, str], Table]:
    if place:
        key = tuple(place.strip("/").split("/"))
        if key not in tables:
            listed = ", ".join("/".join(each) for each in sorted(tables))
            raise ValueError(f"there is no table {place}; expected one of {listed}")
        return {key: tables[key]}
    source, _, inside = name.partition("/")
    lies = {
        k: t for k, t in tables.items() if k[0] == source and fnmatch(inside, t.files)
    }
    return lies or tables


def _tried(path: Path, table: Table, decisions: frozenset[str]) -> tuple[int, str]:
    """How many rows of the file would load, and what is to be said of it."""
    folder = Path(tempfile.mkdtemp(prefix="unavista_check_"))
    try:
        with duckdb.connect() as connection:
            plain = readers.unpack(path, table, folder)
            seen = readers.fingerprint(plain.path, table.format == "csv")
            reading = readers.read(connection, plain, table, seen, folder, decisions)
    except Refused as error:
        return 0, f"refused: {error}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return reading.rows_loaded, _told(reading, table)


def _told(reading: readers.Reading, table: Table) -> str:
    known = [name for name in reading.column_names if name in table.column_names]
    others = [name for name in reading.column_names if name not in known]
    lines = [
        f"{reading.rows_loaded:,} of {reading.rows_read:,} rows would be loaded",
        f"  columns: {', '.join(known)}",
    ]
    if others:
        lines.append(f"  kept in raw, and read by nothing: {', '.join(others)}")
    absent = [c.name for c in table.columns if c.name not in known]
    if absent and table.format == "csv":
        lines.append(f"  not in the file: {', '.join(absent)}")
    if reading.steps:
        lines.append(f"  read as: {', '.join(reading.steps)}")
    if reading.rejects:
        lines.append(f"  {len(reading.rejects):,} rows would be quarantined:")
        lines += [
            f"    line {r.line}: {r.error}" for r in reading.rejects[:_MOST_REJECTS]
        ]
    if reading.is_useless:
        lines[0] = f"refused: none of its {reading.rows_read:,} rows can be used"
    return "\n".join(lines)
