"""Extracts the shop's tables from its PostgreSQL server into landing files."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import dlt
import sqlalchemy as sa
from dlt.pipeline.exceptions import PipelineStepFailed
from dlt.sources import DltResource
from dlt.sources.sql_database import sql_table

from ingestion.dlt_folder import dlt_folder
from ingestion.settings import Settings
from ingestion.sources.shop import SOURCE
from ingestion.tables import Table

_CURSOR = "updated_at"
_DATASET = "extracted"
_WHOLE = {"order_lines": ("order_id", "orders")}
_LAYOUT = "{table_name}/postgres-{load_id}-{file_id}.{ext}"
_CONNECT_SECONDS = 10


class ExtractionFailed(Exception):
    """The server gave no rows; the message says why and what to do."""


def extract(
    settings: Settings,
    report: Callable[[str], None] = lambda text: None,
    lag: timedelta = timedelta(days=1),
) -> int:
    """Write what is new in the shop's PostgreSQL into landing files, as Parquet.

    Takes the rows whose `updated_at` is not more than `lag` older than the newest one
    taken before, since a transaction may commit late; so rows arrive again. A row
    without `updated_at` is taken every time. The lines of an order come together when
    one of them or the order changed, so that a line which is missing was taken off.
    What is known between runs is kept in the
    hidden folder `.postgres` of the landing folder: without it all rows come again.
    Returns the number of rows; 0 where no server is configured. Raises
    ExtractionFailed, with what to do, where they cannot be had.
    """
    if not settings.shop_postgres:
        return 0
    if settings.landing_url:
        raise ExtractionFailed(
            "UNAVISTA_SHOP_POSTGRES has its rows written into the landing folder of"
            " this machine, and UNAVISTA_LANDING has another one read; unset one of"
            " them"
        )
    landing = settings.landing / SOURCE.name
    bucket = landing / ".postgres"
    pipeline = dlt.pipeline(
        pipeline_name="unavista_shop_postgres",
        pipelines_dir=str(dlt_folder(settings)),
        destination=dlt.destinations.filesystem(str(bucket), layout=_LAYOUT),
        dataset_name=_DATASET,
    )
    dataset = bucket / _DATASET
    _mend(dataset)
    if pipeline.has_pending_data:
        pipeline.run()
    _deliver(dataset, landing)
    url = _url(settings.shop_postgres)
    engine = _engine(url)
    try:
        resources = [_resource(engine, table, lag) for table in SOURCE.tables]
        pipeline.run(resources, loader_file_format="parquet")
    except (PipelineStepFailed, sa.exc.DBAPIError) as error:
        if said := _said_by_server(error):
            raise ExtractionFailed(
                f"nothing can be read from the shop's PostgreSQL at {_place(url)}"
                f" ({said}); see that it runs, and that UNAVISTA_SHOP_POSTGRES is right"
            ) from None
        raise
    finally:
        engine.dispose()
    _deliver(dataset, landing)
    counts = pipeline.last_trace.last_normalize_info.row_counts
    rows = sum(counts.get(table.name, 0) for table in SOURCE.tables)
    report(f"{rows:,} rows extracted from {_place(url)}")
    return rows


def is_extracted(name: str) -> bool:
    """Whether a landing file of this name is one that `extract` wrote."""
    return fnmatchcase(name, f"{SOURCE.name}/*/postgres-*.parquet")


def _mend(dataset: Path) -> None:
    """Remove what dlt would stumble over: its own notes that a kill left half-written.

    The cursor of a load that did not end is removed too: when dlt no longer knows of
    that load, its rows must come again.
    """
    for path in [dataset / "init", *dataset.glob("_dlt_*/*.jsonl")]:
        try:
            json.loads(path.read_bytes() if path.exists() else b"{}")
        except ValueError:
            if path.name == "init":  # the first of all files
                shutil.rmtree(dataset)
                return
            path.unlink()
    ended = _ended_loads(dataset)
    for path in dataset.glob("_dlt_pipeline_state/*.jsonl"):
        if path.name.split("__")[-2] not in ended:
            path.unlink()


def _ended_loads(dataset: Path) -> set[str]:
    return {path.stem.split("__")[-1] for path in dataset.glob("_dlt_loads/*.jsonl")}


def _deliver(dataset: Path, landing: Path) -> None:
    """Move the files of loads that ended, whole, to where files are loaded from."""
    ended = _ended_loads(dataset)
    for table in SOURCE.tables:
        for path in dataset.glob(f"{table.name}/*.parquet"):
            if path.name.split("-")[1] not in ended:
                path.unlink()
                continue
            target = landing / table.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, target)


def _url(text: str) -> sa.URL:
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        url = None
    is_split = text.count("@") > 1  # the password would be taken for the host
    if url is None or not url.drivername.startswith("postgres") or is_split:
        raise ExtractionFailed(
            "UNAVISTA_SHOP_POSTGRES is no address of a PostgreSQL server; write"
            " postgresql://name:password@host:5432/database, special characters of"
            " the password as %40"
        )
    return url.set(drivername="postgresql+psycopg")


def _place(url: sa.URL) -> str:
    return f"{url.host or 'localhost'}:{url.port or 5432}"


def _engine(url: sa.URL) -> sa.Engine:
    """Connections that read only, and that give every time in UTC."""
    engine = sa.create_engine(
        url,
        connect_args={"connect_timeout": _CONNECT_SECONDS},
        execution_options={"postgresql_readonly": True},
    )

    @sa.event.listens_for(engine, "connect")
    def set_time_zone(connection, _) -> None:
        connection.execute("set time zone 'UTC'")
        connection.commit()

    return engine


def _resource(engine: sa.Engine, table: Table, lag: timedelta) -> DltResource:
    """The columns of `table` that its files have, and no other."""
    try:
        found = {
            column["name"]: column["type"]
            for column in sa.inspect(engine).get_columns(table.name)
        }
    except sa.exc.NoSuchTableError:
        found = {}
    required = {column.name: None for column in table.columns if column.required}
    missing = [name for name in required | {_CURSOR: None} if name not in found]
    if missing:
        raise ExtractionFailed(
            f"the shop's PostgreSQL at {_place(engine.url)} has no `{table.name}` with"
            f" {', '.join(missing)}; make a view of that name with the columns of"
            f" ingestion/sources/shop.py and {_CURSOR}, in the schema that the address"
            " names: ?options=-csearch_path%3Dshop"
        )
    if not isinstance(found[_CURSOR], sa.DateTime):
        raise ExtractionFailed(
            f"{table.name}.{_CURSOR} is {found[_CURSOR]} in the shop's PostgreSQL at"
            f" {_place(engine.url)}; make it a timestamp"
        )
    _refuse_the_future(engine, table)
    return sql_table(
        engine,
        table.name,
        backend="pyarrow",
        reflection_level="full_with_precision",
        type_adapter_callback=_without_zone,
        included_columns=[n for n in (*table.column_names, _CURSOR) if n in found],
        incremental=dlt.sources.incremental(
            _CURSOR, lag=lag.total_seconds(), on_cursor_value_missing="include"
        ),
        query_adapter_callback=_whole_orders if table.name in _WHOLE else None,
    )


def _whole_orders(
    _: sa.Select,
    table: sa.Table,
    incremental: dlt.sources.incremental[Any],
    engine: sa.Engine,
) -> sa.Select:
    """All rows of whatever changed: each with the newest time of those with its key.

    A row that was deleted leaves a trace in the row that holds it alone, the order.
    """
    key, holder_name = _WHOLE[table.name]
    holder = sa.table(holder_name, sa.column(key), sa.column(_CURSOR, sa.DateTime()))
    cursor = table.c[_CURSOR]
    newest = sa.case(
        (sa.func.bool_or(cursor.is_(None)).over(partition_by=table.c[key]), None),
        else_=sa.func.greatest(
            sa.func.max(cursor).over(partition_by=table.c[key]),
            sa.cast(holder.c[_CURSOR], cursor.type),
        ),
    )
    others = [column for column in table.c if column.name != _CURSOR]
    rows = (
        sa.select(*others, newest.label(_CURSOR))
        .select_from(table.outerjoin(holder, table.c[key] == holder.c[key]))
        .subquery()
    )
    since, _until = incremental.get_current_range()
    query = sa.select(*[rows.c[column.name] for column in table.c])
    if since is None:
        return query
    return query.where(sa.or_(rows.c[_CURSOR] >= since, rows.c[_CURSOR].is_(None)))


def _refuse_the_future(engine: sa.Engine, table: Table) -> None:
    """From a row of tomorrow on, no row of today would be new."""
    tomorrow = sa.func.now() + timedelta(days=1)
    rows = sa.select(sa.func.count()).select_from(sa.table(table.name))
    with engine.connect() as connection:
        ahead = connection.scalar(rows.where(sa.column(_CURSOR) > tomorrow))
    if ahead:
        raise ExtractionFailed(
            f"{ahead:,} rows of `{table.name}` in the shop's PostgreSQL at"
            f" {_place(engine.url)} have {_CURSOR} after tomorrow; correct them, or"
            " what changes until then would be passed over"
        )


def _without_zone(kind: sa.types.TypeEngine) -> sa.types.TypeEngine:
    """Times as UTC without a zone: text that no one's time zone changes."""
    return sa.DateTime() if isinstance(kind, sa.DateTime) else kind


def _said_by_server(error: BaseException | None) -> str:
    """The first line of what the driver said, if it is at the root of `error`."""
    while error is not None:
        if isinstance(error, sa.exc.DBAPIError):
            return str(error.orig).strip().split("\n")[0].rpartition(" failed: ")[2]
        error = error.__cause__ or error.__context__
    return ""
