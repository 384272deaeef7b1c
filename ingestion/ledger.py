"""The record of every file: a file is loaded when, and only when, it stands here."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa

from ingestion.files.growth import Content, Contents
from ingestion.files.plain import Reject
from ingestion.files.profiles import ColumnProfile
from ingestion.files.totals import MoneyTotal
from ingestion.landing import Delivered
from ingestion.sql import identifier

DATASET = "raw_ledger"

_TABLES = {
    "files": {
        "file_id": "varchar",
        "source_name": "varchar",
        "table_name": "varchar",
        "path": "varchar",
        "status": "varchar",
        "message": "varchar",
        "size_bytes": "bigint",
        "modified_at": "timestamp",
        "rows_read": "bigint",
        "rows_loaded": "bigint",
        "rows_quarantined": "bigint",
        "rows_repeated": "bigint",
        "load_id": "varchar",
        "loaded_at": "timestamp",
        "as_of": "date",
        "delivery": "varchar",
        "read_as": "varchar",
        "content_bytes": "bigint",
        "heads": "varchar",
    },
    # `file_id` begins with all of `begins_with_file_id`.
    "beginnings": {
        "source_name": "varchar",
        "table_name": "varchar",
        "file_id": "varchar",
        "begins_with_file_id": "varchar",
        "load_id": "varchar",
    },
    "rejects": {
        "source_name": "varchar",
        "table_name": "varchar",
        "file_id": "varchar",
        "load_id": "varchar",
        "line": "bigint",
        "rule": "varchar",
        "error": "varchar",
        "raw": "varchar",
    },
    "columns": {
        "source_name": "varchar",
        "table_name": "varchar",
        "column_name": "varchar",
        "load_id": "varchar",
        "row_count": "bigint",
        "null_count": "bigint",
        "value_type": "varchar",
        "known_values": "varchar",
        "examples": "varchar",
    },
    "totals": {
        "source_name": "varchar",
        "table_name": "varchar",
        "column_name": "varchar",
        "file_id": "varchar",
        "load_id": "varchar",
        "currency": "varchar",
        "value_count": "bigint",
        "total": "decimal(38,4)",
        "square_total": "double",
        "largest": "decimal(24,4)",
    },
}


@dataclass(frozen=True)
class FileEntry:
    """One look at one file.

    `status`: loaded, repeated (same content again), refused, or held (a full export
    that lost too many rows). rows_read = rows_loaded + rows_quarantined +
    rows_repeated, always. `read_as` says what had to be found out: gzip, windows-1252,
    day first. `content_bytes` and `heads` tell where it may have grown from, of tables
    whose files may grow.
    """

    file_id: str
    source_name: str
    table_name: str
    path: str
    status: str
    message: str | None
    size_bytes: int
    modified_at: datetime
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    rows_repeated: int
    load_id: str
    loaded_at: datetime
    as_of: str
    delivery: str
    read_as: str
    content_bytes: int | None = None
    heads: str = ""


@dataclass(frozen=True)
class Look:
    """What the ledger says of a path."""

    file_id: str
    size: int
    modified_at: datetime
    status: str

    def is_settled(self, delivered: Delivered) -> bool:
        """Whether the file is as it was and nothing can have changed its fate."""
        is_same = (self.size, self.modified_at) == (
            delivered.size,
            delivered.modified_at,
        )
        return is_same and self.status in ("loaded", "repeated")


@dataclass(frozen=True)
class Known:
    """What the ledger says already: files by path, loaded contents by table.

    `full_rows` are the rows of each table's last load, whatever their delivery;
    `replayed` names by (table, content) the load that took the place of earlier ones.
    `contents` are those of each table whose files may grow, `read_as` is how the files
    of each table were read.
    """

    by_path: dict[tuple[str, str, str], Look]
    loaded: dict[tuple[str, str, str], int]
    load_ids: set[str]
    full_rows: dict[str, int]
    replayed: dict[tuple[str, str], str]
    contents: dict[str, Contents]
    read_as: dict[str, set[str]]


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the ledger's tables, and the columns that an older release did not have.

    That release let dlt write them: what it left of killed loads goes.
    """
    connection.execute(f"create schema if not exists {DATASET}")
    if columns_of(connection, DATASET, "_dlt_loads"):
        _take_over(connection)
    for name, columns in _TABLES.items():
        held = columns_of(connection, DATASET, name)
        if not held:
            listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            connection.execute(f"create table {DATASET}.{name} ({listed})")
            continue
        for column in columns.keys() - held:
            connection.execute(
                f"alter table {DATASET}.{name} add column {column} {columns[column]}"
            )


def _take_over(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("begin")
    for name, columns in _TABLES.items():
        held = columns_of(connection, DATASET, name)
        if "_dlt_load_id" in held:
            kept = ", ".join(column for column in columns if column in held)
            connection.execute(
                f"create or replace table {DATASET}.{name} as select {kept}"
                f" from {DATASET}.{name} where _dlt_load_id in"
                f" (select load_id from {DATASET}._dlt_loads where status = 0)"
            )
    for name in ("_dlt_loads", "_dlt_pipeline_state", "_dlt_version"):
        connection.execute(f"drop table if exists {DATASET}.{name}")
    connection.execute("commit")


def next_moment(connection: duckdb.DuckDBPyConnection) -> datetime:
    """When a load begins, in UTC: now, and after every load before it.

    What is delivered later is newer, though the clock was set back in between.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    sql = f"select max(loaded_at) from {DATASET}.files"
    [(last,)] = connection.execute(sql).fetchall()
    return max(now, last + timedelta(microseconds=1)) if last else now


def read_known(connection: duckdb.DuckDBPyConnection, source_name: str) -> Known:
    """The entries of one source, the newest of each path."""

    def rows(sql: str) -> list[tuple]:
        return connection.execute(
            f"with looks as (from {DATASET}.files where source_name = ?) {sql}",
            [source_name],
        ).fetchall()

    newest = rows(
        "select source_name, table_name, path, arg_max((file_id, size_bytes,"
        " modified_at, status), load_id) from looks group by all"
    )
    by_path = {tuple(place): Look(*look) for *place, look in newest}
    load_ids = {load_id for (load_id,) in rows("select distinct load_id from looks")}
    loaded, full = {}, {}
    last: dict[str, str] = {}
    replayed: dict[tuple[str, str], str] = {}
    for source, table, file_id, rows_read, rows_loaded, load_id in rows(
        "select source_name, table_name, file_id, rows_read, rows_loaded, load_id"
        " from looks where status = 'loaded' order by load_id"
    ):
        if (source, table, file_id) in loaded:
            replayed[table, file_id] = load_id
        loaded[source, table, file_id] = rows_read
        if last.get(table) != load_id:
            last[table], full[table] = load_id, 0
        full[table] += rows_loaded
    contents: dict[str, Contents] = {}
    for table, file_id, size, heads in rows(
        "select distinct table_name, file_id, content_bytes, heads from looks"
        " where status = 'loaded' and content_bytes is not null"
    ):
        content = Content(file_id, size, tuple(heads.split()))
        contents.setdefault(table, Contents()).add(content)
    read_as: dict[str, set[str]] = {}
    for table, steps in rows(
        "select distinct table_name, read_as from looks"
        " where status = 'loaded' and read_as is not null"
    ):
        read_as.setdefault(table, set()).add(steps)
    return Known(by_path, loaded, load_ids, full, replayed, contents, read_as)


def is_comma_usual(
    connection: duckdb.DuckDBPyConnection, source_name: str, table_name: str
) -> bool:
    """Whether the last five files of a table, or all where they are fewer, had one."""
    [(usual,)] = connection.execute(
        "select coalesce(bool_and(contains(read_as, 'decimal comma')), false) from"
        f" (from {DATASET}.files where source_name = ? and table_name = ?"
        " and status = 'loaded' and rows_loaded > 0 order by load_id desc limit 5)",
        [source_name, table_name],
    ).fetchall()
    return usual


def files_held(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many landing files of each source were read, as they are called."""
    return dict(
        connection.execute(
            "select source_name, count(distinct (table_name, path))"
            f" from {DATASET}.files where status in ('loaded', 'repeated')"
            " group by source_name order by source_name"
        ).fetchall()
    )


def write(
    connection: duckdb.DuckDBPyConnection,
    entries: list[FileEntry],
    rejects: list[tuple[FileEntry, Reject]],
    columns: list[ColumnProfile],
    totals: list[MoneyTotal],
    beginnings: list[tuple[FileEntry, str, str]],
) -> None:
    """Commit the entries, all or none: from here on their rows count.

    `beginnings` are pairs of contents, the longer one first.
    """
    reject_rows = [
        {
            "source_name": entry.source_name,
            "table_name": entry.table_name,
            "file_id": entry.file_id,
            "load_id": entry.load_id,
            **asdict(reject),
        }
        for entry, reject in rejects
    ]
    rows = {
        "beginnings": [
            {
                "source_name": entry.source_name,
                "table_name": entry.table_name,
                "file_id": longer,
                "begins_with_file_id": shorter,
                "load_id": entry.load_id,
            }
            for entry, longer, shorter in beginnings
        ],
        "rejects": reject_rows,
        "columns": [asdict(profile) for profile in columns],
        "totals": [asdict(total) for total in totals],
        "files": [asdict(entry) for entry in entries],
    }
    connection.execute("begin")
    for name, some in rows.items():
        if some:
            listed = ", ".join(
                f"cast({c} as {k}) as {c}" for c, k in _TABLES[name].items()
            )
            connection.register("entries", pa.Table.from_pylist(some))
            connection.execute(
                f"insert into {DATASET}.{name} by name select {listed} from entries"
            )
            connection.unregister("entries")
    connection.execute("commit")


def columns_of(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str
) -> set[str]:
    """Column names of `schema`.`table` in the warehouse; empty where it is missing."""
    try:
        rows = connection.execute(
            f"pragma table_info('{identifier(schema)}.{identifier(table)}')"
        ).fetchall()
    except duckdb.CatalogException:
        return set()
    return {name for _, name, *_ in rows}
