"""The record of every file: a file is loaded when, and only when, it stands here."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

import dlt
import duckdb
from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials

from ingestion.files.plain import Reject
from ingestion.files.profiles import PROFILE_COLUMNS, ColumnProfile
from ingestion.landing import Delivered
from ingestion.settings import Settings

DATASET = "raw_ledger"

_FILE_COLUMNS = {
    "file_id": {"data_type": "text"},
    "source_name": {"data_type": "text"},
    "table_name": {"data_type": "text"},
    "path": {"data_type": "text"},
    "status": {"data_type": "text"},
    "message": {"data_type": "text"},
    "size_bytes": {"data_type": "bigint"},
    "modified_at": {"data_type": "timestamp", "timezone": False, "precision": 6},
    "rows_read": {"data_type": "bigint"},
    "rows_loaded": {"data_type": "bigint"},
    "rows_quarantined": {"data_type": "bigint"},
    "rows_repeated": {"data_type": "bigint"},
    "load_id": {"data_type": "text"},
    "loaded_at": {"data_type": "timestamp", "timezone": False, "precision": 6},
    "as_of": {"data_type": "date"},
    "delivery": {"data_type": "text"},
    "read_as": {"data_type": "text"},
}
_REJECT_COLUMNS = {
    "source_name": {"data_type": "text"},
    "table_name": {"data_type": "text"},
    "file_id": {"data_type": "text"},
    "load_id": {"data_type": "text"},
    "line": {"data_type": "bigint"},
    "rule": {"data_type": "text"},
    "error": {"data_type": "text"},
    "raw": {"data_type": "text"},
}

_TABLES = {
    "rejects": _REJECT_COLUMNS,
    "columns": PROFILE_COLUMNS,
    "files": _FILE_COLUMNS,
}


@dataclass(frozen=True)
class FileEntry:
    """One look at one file.

    `status`: loaded, repeated (same content again), refused, or held (a full export
    that lost too many rows). rows_read = rows_loaded + rows_quarantined +
    rows_repeated, always. `read_as` says what had to be found out: gzip, windows-1252,
    day first.
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
    """

    by_path: dict[tuple[str, str, str], Look]
    loaded: dict[tuple[str, str, str], int]
    load_ids: set[str]
    full_rows: dict[str, int]
    replayed: dict[tuple[str, str], str]


def pipeline(settings: Settings, name: str) -> dlt.Pipeline:
    """The dlt pipeline that loads the dataset `raw_<name>`, without leftovers.

    A package that a killed run left behind is dropped, not resumed: its files are not
    in the ledger, so the run that follows reads them again under a new load.
    """
    dlt.config["load.workers"] = 1
    credentials = DuckDbCredentials(str(settings.warehouse))
    credentials.global_config = {
        "memory_limit": settings.load_memory_limit,
        "threads": settings.threads,
    }
    found = dlt.pipeline(
        pipeline_name=f"unavista_{name}",
        pipelines_dir=str(settings.dlt),
        destination=dlt.destinations.duckdb(credentials),
        dataset_name=f"raw_{name}",
    )
    if found.has_pending_data:
        found.drop_pending_packages()
    return found


def read_known(connection: duckdb.DuckDBPyConnection, source_name: str) -> Known:
    """The completed entries of one source, the newest of each path."""
    if not columns_of(connection, DATASET, "files"):
        return Known({}, {}, set(), {}, {})

    def rows(sql: str) -> list[tuple]:
        return connection.execute(
            "with looks as (select files.*"
            f" from {DATASET}.files inner join {DATASET}._dlt_loads"
            " on files._dlt_load_id = _dlt_loads.load_id"
            f" where source_name = ? and _dlt_loads.status = 0) {sql}",
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
    return Known(by_path, loaded, load_ids, full, replayed)


def is_complete(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the warehouse has the ledger's tables with all their columns."""
    return all(
        set(columns) <= columns_of(connection, DATASET, name)
        for name, columns in _TABLES.items()
    )


def write(
    settings: Settings,
    entries: list[FileEntry],
    rejects: list[tuple[FileEntry, Reject]],
    columns: list[ColumnProfile],
) -> None:
    """Commit the entries: from here on their rows count."""
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
        "rejects": reject_rows,
        "columns": [asdict(profile) for profile in columns],
        "files": [asdict(entry) for entry in entries],
    }
    pipeline(settings, "ledger").run(
        [
            dlt.resource(
                _rows(rows[name]),
                name=name,
                columns=_TABLES[name],
                write_disposition="append",
            )
            for name in _TABLES
        ]
    )


def _rows(rows: list[dict]) -> Callable:
    def generate():
        yield rows or dlt.mark.materialize_table_schema()

    return generate


def columns_of(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str
) -> set[str]:
    """Column names of `schema`.`table` in the warehouse; empty where it is missing."""
    rows = connection.execute(
        "select column_name from information_schema.columns"
        " where table_schema = ? and table_name = ?",
        [schema, table],
    ).fetchall()
    return {name for (name,) in rows}
