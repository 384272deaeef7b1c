"""Raw tables: made, filled through dlt, and cleared of what does not count."""

from collections.abc import Iterator
from dataclasses import dataclass

import dlt
import duckdb

from ingestion import ledger
from ingestion.dlt_folder import dlt_folder
from ingestion.files.account import File, Load
from ingestion.settings import Settings
from ingestion.sql import identifier, literal
from ingestion.tables import Source, Table

_INCOMING = "incoming"
_FILES_PER_JOB = 200
_MANY_COLUMNS = 100
# What says which file a row is of is a list that each chunk of rows looks through.
_FILES_PER_SCAN = 100
# Checking takes memory for every file of a job, at once.
_CHECKED_FILES_PER_JOB = 25


@dataclass(frozen=True)
class Jobs:
    """The columns of a raw table, and a query for each load job."""

    names: list[str]
    selects: list[str]


def connect(settings: Settings) -> duckdb.DuckDBPyConnection:
    """The warehouse, within what a load may take of the machine."""
    connection = duckdb.connect(str(settings.warehouse))
    connection.execute(f"set memory_limit = '{settings.load_memory_limit}'")
    connection.execute(f"set threads = {settings.threads}")
    connection.execute("set enable_progress_bar = false")
    return connection


def table_of(source: Source, table: Table) -> str:
    """`raw_<source>.<table>`."""
    return f"raw_{source.name}.{table.name}"


def remove_unfinished(
    connection: duckdb.DuckDBPyConnection, source: Source, known: ledger.Known
) -> None:
    """Delete rows of loads that never reached the ledger, or that were replayed."""
    drop_incoming(connection)
    for table in source.tables:
        if ledger.columns_of(connection, f"raw_{source.name}", table.name):
            connection.execute(
                f"delete from {table_of(source, table)}"
                " where _load_id not in (select unnest(cast(? as varchar[])))",
                [sorted(known.load_ids)],
            )
    for (name, file_id), load_id in known.replayed.items():
        connection.execute(
            f"delete from raw_{source.name}.{name}"
            " where _file_id = ? and _load_id <> ?",
            [file_id, load_id],
        )


def drop_incoming(connection: duckdb.DuckDBPyConnection) -> None:
    """Remove the views that a load has read from."""
    connection.execute(f"drop schema if exists {_INCOMING} cascade")


def take_out(connection: duckdb.DuckDBPyConnection, load: Load, file: File) -> None:
    """Delete the rows of a file of this load."""
    connection.execute(
        f"delete from {table_of(load.source, file.table)}"
        " where _load_id = ? and _file_id = ?",
        [load.id, file.entry.file_id],
    )


def create_tables(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Every declared table and column exists, though no file has brought it yet."""
    connection.execute(f"create schema if not exists raw_{source.name}")
    fixed = {"_file_id": "varchar", "_load_id": "varchar", "_line": "bigint"}
    fixed |= {"_loaded_at": "timestamp", "_dlt_load_id": "varchar"}
    for table in source.tables:
        held = ledger.columns_of(connection, f"raw_{source.name}", table.name)
        columns = dict.fromkeys(table.column_names, "varchar") | fixed
        if not held:
            listed = ", ".join(f"{identifier(n)} {kind}" for n, kind in columns.items())
            connection.execute(
                f"create table raw_{source.name}.{table.name} ({listed})"
            )
            continue
        for name in [name for name in columns if name not in held]:
            connection.execute(
                f"alter table raw_{source.name}.{table.name}"
                f" add column {identifier(name)} {columns[name]}"
            )


def incoming_views(
    connection: duckdb.DuckDBPyConnection, table: Table, raw: str, files: list[File]
) -> Jobs:
    """Views over the new files, one a load job: the SQL that dlt inserts from."""
    connection.execute(f"create schema if not exists {_INCOMING}")
    extra = {n for f in files for n in (f.draft or f.reading).column_names}
    names = table.column_names + sorted(extra - set(table.column_names))
    _widen(connection, raw, names)
    selects = []
    for job in _in_jobs(files):
        branches = [_branch(names, some) for some in _in_scans(job)]
        view = f"{_INCOMING}.{table.name}_{len(selects)}"
        connection.execute(
            f"create or replace view {view} as {' union all '.join(branches)}"
        )
        columns = ", ".join(
            f"{identifier(name)} as {identifier(name)}"
            for name in [*names, "_file_id", "_line", "_load_id", "_loaded_at"]
        )
        selects.append(f"select {columns} from {view}")
    return Jobs(names, selects)


def _widen(connection: duckdb.DuckDBPyConnection, raw: str, names: list[str]) -> None:
    """Add columns at once where they are many: one by one takes gigabytes."""
    schema, _, table = raw.partition(".")
    held = ledger.columns_of(connection, schema, table)
    new = [name for name in names if name not in held]
    if len(new) > _MANY_COLUMNS:
        nulls = ", ".join(f"cast(null as varchar) as {identifier(n)}" for n in new)
        connection.execute(
            f"create or replace table {raw} as select *, {nulls} from {raw}"
        )


def _in_jobs(files: list[File]) -> Iterator[list[File]]:
    for is_draft, size in ((True, _FILES_PER_JOB), (False, _CHECKED_FILES_PER_JOB)):
        some = [file for file in files if (file.draft is not None) == is_draft]
        for start in range(0, len(some), size):
            yield some[start : start + size]


def of_one_shape(files: list[File]) -> list[list[File]]:
    """Drafts whose rows may be read together, those of each shape in their order."""
    found: dict[str, list[File]] = {}
    for file in files:
        shape = file.draft.shape
        key = shape.over([]) if shape.path else file.entry.file_id
        found.setdefault(key, []).append(file)
    return list(found.values())


def _in_scans(job: list[File]) -> Iterator[list[File]]:
    """Each file by itself, or drafts of one shape together: a fifth of the cost."""
    for file in job:
        if file.reading:
            yield [file]
    for alike in of_one_shape([file for file in job if file.draft]):
        for start in range(0, len(alike), _FILES_PER_SCAN):
            yield alike[start : start + _FILES_PER_SCAN]


def _branch(names: list[str], files: list[File]) -> str:
    """The rows of one file, or of several drafts of one shape."""
    entry, draft = files[0].entry, files[0].draft
    held = set((draft or files[0].reading).column_names)
    columns = ", ".join(
        identifier(n) if n in held else f"cast(null as varchar) as {identifier(n)}"
        for n in names
    )
    file_id, line = literal(entry.file_id), "cast(null as bigint) as _line"
    if draft is None:
        rows, line = files[0].reading.select, "_line"
    elif len(files) == 1:
        rows = draft.shape.select
    else:
        rows = draft.shape.over(file.plain.path for file in files)
        ids = (
            f"{literal(str(file.plain.path))}: {literal(file.entry.file_id)}"
            for file in files
        )
        file_id = f"map {{{', '.join(ids)}}}[_path]"
    return (
        f"select {columns}, {file_id} as _file_id, {line}, '{entry.load_id}' as"
        f" _load_id, timestamp '{entry.loaded_at}' as _loaded_at from ({rows})"
    )


def pipeline(
    settings: Settings, connection: duckdb.DuckDBPyConnection, name: str
) -> dlt.Pipeline:
    """The dlt pipeline that loads the dataset `raw_<name>`, without leftovers.

    A package that a killed run left behind is dropped, not resumed: its files are not
    in the ledger, so the run that follows reads them again under a new load.
    """
    dlt.config["load.workers"] = 1
    # What DuckDB cannot insert, it cannot at the fifth try either.
    dlt.config["load.raise_on_max_retries"] = 1
    destination = dlt.destinations.duckdb(connection)
    can, nothing_set = destination.capabilities, destination.spec()
    # Asked thirty times a load, and each time all that may be configured is looked up.
    destination.capabilities = lambda config=nothing_set, naming=None: can(
        config, naming
    )
    found = dlt.pipeline(
        pipeline_name=f"unavista_{name}",
        pipelines_dir=str(dlt_folder(settings)),
        destination=destination,
        dataset_name=f"raw_{name}",
    )
    if found.has_pending_data:
        found.drop_pending_packages()
    return found


def run_dlt(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    jobs: dict[str, Jobs],
) -> None:
    """Let dlt append what the jobs select to the raw tables."""
    loading = pipeline(settings, connection, source.name)
    dataset = loading.dataset()

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

    loading.run(
        [resource(table) for table in source.tables if jobs[table.name].selects]
    )
