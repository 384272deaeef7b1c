"""What each step of a night took and made: kept in the ledger, for `quality.runs`."""

import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

import duckdb
from dbt.artifacts.schemas.results import BaseResult

from ingestion.settings import Settings
from orchestration.unchanged import relation_of
from orchestration.warehouse import keep_open

_TABLE = "raw_ledger.steps"
# About forty rows a run: a year of nights in less than one row group of DuckDB.
_MOST_RUNS = 400
_PRODUCTS = ("unavista", "dbt-core", "duckdb", "dlt", "dagster")
_COLUMNS = {
    "as_of": "date", "run_id": "varchar", "step_name": "varchar",
    "part_name": "varchar", "outcome": "varchar", "item_count": "bigint",
    "rows_in": "bigint", "rows_out": "bigint", "seconds": "double",
    "slowest_name": "varchar", "slowest_seconds": "double",
    "peak_memory_bytes": "bigint", "started_at": "timestamp", "ended_at": "timestamp",
    **{f"{name.removesuffix('-core')}_version": "varchar" for name in _PRODUCTS},
}  # fmt: skip
_DID_NOT_PASS = {"error", "fail", "partial success", "runtime error"}


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the table that keeps them, in a new warehouse."""
    listed = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    connection.execute("create schema if not exists raw_ledger")
    connection.execute(f"create table if not exists {_TABLE} ({listed})")


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep the steps of the newest 400 runs: a night that is run again is another."""
    connection.execute(
        f"delete from {_TABLE} where run_id not in (select run_id from {_TABLE}"
        f" group by run_id order by max(started_at) desc limit {_MOST_RUNS})"
    )


@contextmanager
def noted(settings: Settings, as_of: date, run_id: str, step: str) -> Iterator[None]:
    """Note that a step begins, and then how it ended.

    A step whose process is killed has no end. The warehouse is left open, for the step
    and for the next one.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    _forget_peak()
    with _warehouse(settings) as connection:
        prepare(connection)
        row = {"as_of": as_of, "run_id": run_id, "step_name": step}
        _insert(connection, [row | {"started_at": _now()}])

    def end(outcome: str) -> None:
        with _warehouse(settings) as connection:
            connection.execute(
                f"update {_TABLE} set outcome = coalesce(outcome, ?), seconds = ?,"
                f" peak_memory_bytes = ?, ended_at = ? where {_OPEN}",
                [outcome, time.monotonic() - began, _peak(), _now(), run_id, step],
            )

    try:
        yield
    except BaseException as error:
        try:
            end("failed" if isinstance(error, Exception) else "stopped")
        except (duckdb.Error, OSError) as another:
            error.add_note(f"the ledger does not say how {step} ended: {another}")
        raise
    end("done")


_OPEN = "run_id = ? and step_name = ? and part_name is null and ended_at is null"


def counted(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    step: str,
    rows_in: int | None,
    rows_out: int,
) -> None:
    """Note how many rows the step that goes on has read and made."""
    connection.execute(
        f"update {_TABLE} set rows_in = ?, rows_out = ? where {_OPEN}",
        [rows_in, rows_out, run_id, step],
    )


def failed(connection: duckdb.DuckDBPyConnection, run_id: str, step: str) -> None:
    """Note that the step that goes on found what stops its night."""
    connection.execute(
        f"update {_TABLE} set outcome = 'failed' where {_OPEN}", [run_id, step]
    )


def parts_of_models(
    connection: duckdb.DuckDBPyConnection,
    as_of: date,
    run_id: str,
    step: str,
    results: Iterable[BaseResult],
    manifest: dict,
) -> None:
    """Note what became of each layer's tables and tests, by dbt's results.

    Rows in are those of tables that a part read and did not build, directly or by
    views; rows out those of the tables it built, or those that its tests found wrong.
    """
    nodes, parts, built = manifest["nodes"], defaultdict(list), []
    for result in results:
        node = nodes.get(result.node.unique_id)
        if node is None or node["resource_type"] not in ("model", "seed", "test"):
            continue
        parts[_part_of(node, nodes)].append(result)
        if node["resource_type"] != "test" and result.status != "skipped":
            built.append(result)
    count = _counting(connection)
    rows = []
    for name, some in sorted(parts.items()):
        ran = [result for result in some if result.status != "skipped"]
        times = [
            at
            for result in ran
            for timing in result.timing
            for at in (timing.started_at, timing.completed_at)
            if at
        ]
        if not times:
            continue
        slowest = max(ran, key=lambda result: result.execution_time)
        rows_in, rows_out = _rows(ran, manifest, count)
        rows.append(
            {
                "as_of": as_of, "run_id": run_id, "step_name": step, "part_name": name,
                "outcome": _outcome(some), "item_count": len(ran),
                "rows_in": rows_in, "rows_out": rows_out,
                "seconds": sum(result.execution_time for result in ran),
                "slowest_name": nodes[slowest.node.unique_id]["name"],
                "slowest_seconds": slowest.execution_time,
                "started_at": _plain(min(times)), "ended_at": _plain(max(times)),
            }
        )  # fmt: skip
    _insert(connection, rows)
    counted(connection, run_id, step, *_rows(built, manifest, count))
    if any(row["outcome"] == "failed" for row in rows):
        failed(connection, run_id, step)


def _part_of(node: dict, nodes: dict) -> str:
    """The layer of a table, or that of all tables that a test is of."""
    if node["resource_type"] != "test":
        return node["schema"]
    read = {nodes[it]["schema"] for it in node["depends_on"]["nodes"] if it in nodes}
    return f"{read.pop() if len(read) == 1 else 'several'} tests"


def _outcome(results: list[BaseResult]) -> str:
    statuses = {str(result.status) for result in results}
    if statuses & _DID_NOT_PASS:
        return "failed"
    return "skipped" if "skipped" in statuses else "done"


def _rows(
    results: list[BaseResult], manifest: dict, count: Callable[[str], int]
) -> tuple[int | None, int]:
    """Rows in and out of what was built, or None and the rows that tests found."""
    nodes, sources = manifest["nodes"], manifest["sources"]
    keys = {result.node.unique_id for result in results}
    if any(nodes[key]["resource_type"] == "test" for key in keys):
        return None, sum(getattr(result, "failures", 0) or 0 for result in results)

    def is_view(key: str) -> bool:
        return key in nodes and nodes[key]["config"]["materialized"] == "view"

    def relation(key: str) -> str:
        if source := sources.get(key):
            return f"{source['schema']}.{source['identifier']}"
        return relation_of(nodes[key])

    read, asked, seen = set(), list(keys), set(keys)
    while asked:
        key = asked.pop()
        for parent in nodes[key]["depends_on"].get("nodes", []):
            if parent in seen:
                continue
            seen.add(parent)
            if is_view(parent):
                asked.append(parent)
            else:
                read.add(relation(parent))
    made = {
        relation(result.node.unique_id)
        for result in results
        if result.status == "success" and not is_view(result.node.unique_id)
    }
    return sum(map(count, read)), sum(map(count, made))


def _counting(connection: duckdb.DuckDBPyConnection) -> Callable[[str], int]:
    """How many rows a table has; none where it is not there."""
    there = {
        relation
        for (relation,) in connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
        ).fetchall()
    }

    @cache
    def count(relation: str) -> int:
        if relation not in there:
            return 0
        [(rows,)] = connection.execute(f"select count(*) from {relation}").fetchall()
        return rows

    return count


def _insert(connection: duckdb.DuckDBPyConnection, rows: list[dict]) -> None:
    said = _versions()
    places = ", ".join("?" * len(_COLUMNS))
    for row in rows:
        values = [(row | said).get(name) for name in _COLUMNS]
        connection.execute(f"insert into {_TABLE} values ({places})", values)


@cache
def _versions() -> dict[str, str]:
    return {
        f"{name.removesuffix('-core')}_version": version(name) for name in _PRODUCTS
    }


def _warehouse(settings: Settings) -> duckdb.DuckDBPyConnection:
    keep_open(settings)
    return duckdb.connect(str(settings.warehouse))


def _now() -> datetime:
    return _plain(datetime.now(UTC))


def _plain(at: datetime) -> datetime:
    """In UTC, as all times of the warehouse; dbt's have no zone and are UTC."""
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at


_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def _forget_peak() -> None:
    """Have Linux measure anew how much memory this process holds at most."""
    try:
        _CLEAR.write_text("5", encoding="ascii")
    except OSError:
        return


def _peak() -> int:
    """The most memory, in bytes, since `_forget_peak`, or since the process began."""
    try:
        lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    # Elsewhere it is the whole process's; macOS gives bytes.
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
