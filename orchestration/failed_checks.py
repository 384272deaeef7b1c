"""Checks that a night did not pass: told in words, and kept with what they found."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import duckdb
from dbt.artifacts.schemas.results import BaseResult

from orchestration.unchanged import relation_of

_TABLE = "raw_ledger.failed_checks"
_MOST_ROWS = 100
_MOST_TOLD = 3
# The model is named already, and DuckDB's settings are not what a person sets here.
_DBT_SAYS = re.compile(r"^(Runtime|Database|Compilation) Error in model \S+ \(\S+\) ")
_DUCKDB_ADVISES = "Possible solutions:"


@dataclass(frozen=True)
class FailedCheck:
    """A data test that found rows, or a table that could not be built.

    `table` is the table that is checked, where the check is of one; `rows` are at most
    100 of the `count` rows found; `problem` is said where there are none to show.
    """

    name: str
    table: str | None
    count: int
    columns: tuple[str, ...] = ()
    rows: tuple[tuple, ...] = ()
    problem: str | None = None

    def sentences(self) -> list[str]:
        """What is wrong, for up to three rows."""
        said = f"not so: {self.name.replace('_', ' ')}"
        if self.table:
            said = f"{self.table} does not pass {self.name}"
        if self.problem and self.table and not self.count:
            said = f"{self.table} could not be built"
        if self.problem:
            return [f"{said}: {self.problem}"]
        return [
            f"{said}: "
            + ", ".join(f"{c} {v}" for c, v in zip(self.columns, row, strict=True))
            for row in self.rows[:_MOST_TOLD]
        ] or [f"{said}: {self.count:,} rows"]


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the table that keeps them, in a new warehouse."""
    connection.execute(
        f"create table if not exists {_TABLE} (as_of date, failed_at timestamp,"
        " check_name varchar, table_name varchar, problem varchar,"
        " failing_count bigint, row_number integer, failing_row varchar)"
    )


def read(
    results: Iterable[BaseResult], nodes: dict, connection: duckdb.DuckDBPyConnection
) -> list[FailedCheck]:
    """What failed among dbt's results, by the manifest's `nodes`."""
    found = []
    for run in results:
        key = run.node.unique_id
        kind, _, name = key.split(".", 2)
        node = nodes.get(key, {})
        if run.status == "error":
            table = relation_of(node) if kind == "model" else None
            said = _DBT_SAYS.sub("", " ".join(str(run.message).split()))
            said = said.partition(_DUCKDB_ADVISES)[0].strip()
            found.append(FailedCheck(name.partition(".")[0], table, 0, problem=said))
        elif kind == "test" and run.status == "fail":
            checked = nodes.get(node.get("attached_node") or "")
            table = relation_of(checked) if checked else None
            found.append(_read(run, name.partition(".")[0], table, connection))
    return found


def _read(
    run: BaseResult, name: str, table: str | None, connection: duckdb.DuckDBPyConnection
) -> FailedCheck:
    count = run.failures or 0
    try:
        broken = connection.sql(run.node.compiled_code)
        rows = broken.limit(_MOST_ROWS).fetchall()
    except duckdb.Error as error:
        said = f"its rows cannot be shown: {error}"
        return FailedCheck(name, table, count, problem=said)
    return FailedCheck(name, table, count, tuple(broken.columns), tuple(rows))


def keep(
    connection: duckdb.DuckDBPyConnection, as_of: date, checks: list[FailedCheck]
) -> None:
    """Add them to those of earlier nights, with their rows as JSON."""
    prepare(connection)
    failed_at = datetime.now(UTC).replace(tzinfo=None)
    for check in checks:
        said = [
            json.dumps(
                dict(zip(check.columns, row, strict=True)),
                default=str,
                ensure_ascii=False,
            )
            for row in check.rows
        ]
        rows = [
            (
                *(as_of, failed_at, check.name, check.table, check.problem),
                *(check.count, number, row),
            )
            for number, row in enumerate(said or [None], 1)
        ]
        connection.executemany(f"insert into {_TABLE} values (?,?,?,?,?,?,?,?)", rows)
