"""Loads landing files: what is new goes through dlt into raw tables, once."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import dlt
import duckdb

from ingestion import ledger, readers
from ingestion.ledger import FileEntry
from ingestion.settings import Settings
from ingestion.tables import Source, Table

_INCOMING = "incoming"
_FILES_PER_JOB = 200
_PARTIAL = (".part", ".partial", ".filepart", ".crdownload", ".tmp")


@dataclass(frozen=True)
class Loaded:
    """What one load of a source did, by table, and what a person should know."""

    rows_loaded: dict[str, int]
    rows_quarantined: int
    files_loaded: int
    messages: list[str]


@dataclass(frozen=True)
class _NewFile:
    entry: FileEntry
    reading: readers.Reading


@dataclass(frozen=True)
class _Jobs:
    names: list[str]
    selects: list[str]


def load_source(
    settings: Settings,
    source: Source,
    as_of: date,
    report: Callable[[str], None] = lambda text: None,
) -> Loaded:
    """Load every landing file of `source` that the ledger does not know.

    Rows get `_file_id` (hash of the file's bytes), `_line`, `_load_id`, `_loaded_at`.
    A killed load leaves rows without a ledger entry; the next load removes them.
    """
    started = datetime.now(UTC).replace(tzinfo=None)
    load_id = started.strftime("%Y%m%dT%H%M%S%f")
    settings.home.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        _limit(connection, settings)
        known = ledger.read_known(connection, source.name)
        _remove_unfinished(connection, source, known)
        entries, new_files, rejects = [], {}, []
        for table in source.tables:
            new_files[table.name] = []
            for path in _landing_files(settings, source, table):
                entry, reading = _look(
                    connection, settings, source, table, path, known,
                    (load_id, started, as_of.isoformat()),
                )  # fmt: skip
                if entry is None:
                    continue
                entries.append(entry)
                if reading is not None:
                    known.loaded[source.name, table.name, entry.file_id] = (
                        entry.rows_read
                    )
                    new_files[table.name].append(_NewFile(entry, reading))
                    rejects += [(entry, reject) for reject in reading.rejects]
                if len(entries) % 100 == 0:
                    report(f"{len(entries)} files checked")
        jobs = {
            table.name: _incoming_views(connection, table, new_files[table.name])
            for table in source.tables
        }
        is_new = any(
            not set(table.column_names)
            <= ledger.columns_of(connection, f"raw_{source.name}", table.name)
            for table in source.tables
        )
    if is_new or any(new_files.values()):
        _run_dlt(settings, source, jobs)
        with duckdb.connect(str(settings.warehouse)) as connection:
            connection.execute(f"drop schema if exists {_INCOMING} cascade")
            _verify(connection, settings, source, load_id, new_files)
    if entries:
        ledger.write(settings, entries, rejects)
    return Loaded(
        {name: sum(f.entry.rows_loaded for f in fs) for name, fs in new_files.items()},
        sum(entry.rows_quarantined for entry in entries),
        sum(map(len, new_files.values())),
        [_message(entry) for entry in entries if entry.message],
    )


def ensure_ledger(settings: Settings) -> None:
    """Create the ledger's tables in a new warehouse."""
    with duckdb.connect(str(settings.warehouse)) as connection:
        is_complete = ledger.is_complete(connection)
    if not is_complete:
        ledger.write(settings, [], [])


def _landing_files(settings: Settings, source: Source, table: Table) -> Iterator[Path]:
    """What matches the table's glob, by name; hidden and partial files left out."""
    for path in sorted((settings.landing / source.name).glob(table.files)):
        is_hidden = path.name.startswith((".", "_"))
        if not is_hidden and not path.name.lower().endswith(_PARTIAL):
            yield path


def _stamp(path: Path) -> tuple[int, datetime]:
    """Size and time of change: while they stay, the bytes are taken to be the same."""
    try:
        stat = path.stat()
    except OSError:
        return 0, datetime(1970, 1, 1)
    return stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC).replace(tzinfo=None)


def _look(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    source: Source,
    table: Table,
    path: Path,
    known: ledger.Known,
    load: tuple[str, datetime, str],
) -> tuple[FileEntry | None, readers.Reading | None]:
    """What to do with one file: nothing (known), note it, or load its reading."""
    size, modified = _stamp(path)
    name = path.relative_to(settings.landing).as_posix()
    name = os.fsencode(name).decode(errors="backslashreplace")
    before = known.by_path.get((source.name, table.name, name))
    if (
        before is not None
        and before[1:3] == (size, modified)
        and before[3] != "refused"
    ):
        return None, None
    seen, reading, message, status, repeated = None, None, None, "loaded", 0
    try:
        seen = readers.fingerprint(path)
        repeated = known.loaded.get((source.name, table.name, seen.file_id), -1)
        if repeated >= 0:
            status, message = "repeated", None
        else:
            reading = readers.read(connection, path, table, seen)
            message = _advice(reading)
    except OSError as error:
        why = error.strerror or error
        message = f"cannot be read: {why}; put a readable file in its place"
        status = "refused"
    except UnicodeEncodeError:
        status, message = "refused", "its name is not UTF-8; rename the file"
    except readers.Refused as error:
        status, message = "refused", str(error)
    file_id = seen.file_id if seen else "unreadable"
    if status == "refused" and before and before[0] == file_id:
        return None, None
    load_id, loaded_at, as_of = load
    rejected = len(reading.rejects) if reading else 0
    loaded = reading.rows_loaded if reading else 0
    repeats = repeated if status == "repeated" else 0
    entry = FileEntry(
        file_id, source.name, table.name, name, status, message, size,
        modified, loaded + rejected + repeats, loaded, rejected, repeats, load_id,
        loaded_at, as_of,
    )  # fmt: skip
    return entry, reading


def _advice(reading: readers.Reading) -> str | None:
    if reading.rows_read == 0:
        return "has headings but no rows; check the export's filter"
    if not reading.rejects:
        return None
    first = reading.rejects[0]
    share = f"{len(reading.rejects)} of {reading.rows_read} rows quarantined"
    return f"{share}; the first: line {first.line}: {first.error}"


def _message(entry: FileEntry) -> str:
    verb = "refused: " if entry.status == "refused" else ""
    return f"{entry.path}: {verb}{entry.message}"


def _incoming_views(
    connection: duckdb.DuckDBPyConnection, table: Table, files: list[_NewFile]
) -> _Jobs:
    """Views over the new files, one a load job: the SQL that dlt inserts from.

    A table without new files gets one view without rows, so that it exists.
    """
    connection.execute(f"create schema if not exists {_INCOMING}")
    extra = {n for file in files for n in file.reading.column_names}
    names = table.column_names + sorted(extra - set(table.column_names))
    selects = []
    for start in range(0, max(len(files), 1), _FILES_PER_JOB):
        branches = [
            _branch(names, file) for file in files[start : start + _FILES_PER_JOB]
        ] or [_empty_branch(names)]
        view = f"{_INCOMING}.{table.name}_{start // _FILES_PER_JOB}"
        connection.execute(
            f"create or replace view {view} as {' union all '.join(branches)}"
        )
        columns = ", ".join(
            f'"{name}" as "{name}"'
            for name in [*names, "_file_id", "_line", "_load_id", "_loaded_at"]
        )
        selects.append(f"select {columns} from {view}")
    return _Jobs(names, selects)


def _branch(names: list[str], file: _NewFile) -> str:
    held = set(file.reading.column_names)
    columns = ", ".join(
        f'"{n}"' if n in held else f'cast(null as varchar) as "{n}"' for n in names
    )
    entry = file.entry
    return (
        f"select {columns}, '{entry.file_id}' as _file_id, _line,"
        f" '{entry.load_id}' as _load_id, timestamp '{entry.loaded_at}' as _loaded_at"
        f" from ({file.reading.select})"
    )


def _empty_branch(names: list[str]) -> str:
    columns = ", ".join(f'cast(null as varchar) as "{name}"' for name in names)
    return (
        f"select {columns}, '' as _file_id, cast(0 as bigint) as _line,"
        " '' as _load_id, timestamp '2000-01-01' as _loaded_at where false"
    )


def _run_dlt(settings: Settings, source: Source, jobs: dict[str, _Jobs]) -> None:
    pipeline = ledger.pipeline(settings, source.name)
    dataset = pipeline.dataset()

    def resource(table: Table):
        def models():
            for select in jobs[table.name].selects:
                # The view is not in dlt's schema, so dlt must not bind its columns.
                yield dataset(select, "duckdb", _execute_raw_query=True)

        kinds = dict.fromkeys([*jobs[table.name].names, "_file_id", "_load_id"], "text")
        kinds |= {"_line": "bigint", "_loaded_at": "timestamp"}
        columns = {
            name: {"data_type": kind, "nullable": True, "timezone": False}
            for name, kind in kinds.items()
        }
        return dlt.resource(
            models, name=table.name, columns=columns, write_disposition="append"
        )

    pipeline.run([resource(table) for table in source.tables])


def _verify(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    source: Source,
    load_id: str,
    new_files: dict[str, list[_NewFile]],
) -> None:
    """Compare the rows that arrived with the rows that were checked, file by file."""
    for table_name, files in new_files.items():
        arrived = dict(
            connection.execute(
                f"select _file_id, count(*) from raw_{source.name}.{table_name}"
                " where _load_id = ? group by _file_id",
                [load_id],
            ).fetchall()
        )
        for file in files:
            entry, count = file.entry, arrived.get(file.entry.file_id, 0)
            now = _stamp(settings.landing / entry.path)
            if count != entry.rows_loaded or now != (
                entry.size_bytes,
                entry.modified_at,
            ):
                raise RuntimeError(
                    f"{entry.path}: {entry.rows_loaded} rows were checked and"
                    f" {count} arrived; the file changed while it was read. Nothing of"
                    " this load counts: run again when the file is complete"
                )


def _remove_unfinished(
    connection: duckdb.DuckDBPyConnection, source: Source, known: ledger.Known
) -> None:
    """Delete rows of loads that never reached the ledger (a killed run)."""
    connection.execute(f"drop schema if exists {_INCOMING} cascade")
    for table in source.tables:
        schema = f"raw_{source.name}"
        if not ledger.columns_of(connection, schema, table.name):
            continue
        connection.execute(
            f"delete from {schema}.{table.name}"
            " where _load_id not in (select unnest(cast(? as varchar[])))",
            [sorted(known.load_ids)],
        )


def _limit(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    connection.execute(f"set memory_limit = '{settings.memory_limit}'")
    connection.execute(f"set threads = {settings.threads}")
