"""Nights that were not run in time, run later: equal to having been run then."""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Home

pytestmark = pytest.mark.torture
NIGHTS = ("2026-07-01", "2026-07-02", "2026-07-03")
# What they say of loading: when a file was looked at is the same for no two homes.
OF_LOADING = ("runs", "nights", "files", "quarantine", "late_arrivals")


def differing(then: Home, later: Home, night: str) -> dict[str, int]:
    """How many rows of each public table of a night only one of two homes has.

    An id is given in the night that first meets a customer, and made of that night too:
    here customers are called by the first of their records, in the history of ids too.
    """
    connection = duckdb.connect()
    for name, home in (("in_time", then), ("afterwards", later)):
        [*_, version] = sorted(
            (home.path / "published" / "versions").glob(f"{night}_*")
        )
        connection.execute(f"attach '{version / 'marts.duckdb'}' as {name} (read_only)")
        connection.execute(
            f"create temp table names_{name} as select customer_id,"
            f" min(record_id) as called from {name}.identity.customer_ids group by 1"
        )
    found = {}
    for schema, table in connection.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = 'in_time' and not list_contains(?, table_name)",
        [OF_LOADING],
    ).fetchall():
        rows = [
            _called(connection, name, schema, table)
            for name in ("in_time", "afterwards")
        ]
        [(count, only_then, only_later)] = connection.execute(
            f"select (select count(*) from ({rows[0]})),"
            f" (select count(*) from ({rows[0]} except all {rows[1]})),"
            f" (select count(*) from ({rows[1]} except all {rows[0]}))"
        ).fetchall()
        if only_then or only_later:
            found[f"{schema}.{table} of {count} rows"] = only_then + only_later
    assert connection.execute("select count(*) from names_in_time").fetchall() > [(50,)]
    return found


def _called(
    connection: duckdb.DuckDBPyConnection, name: str, schema: str, table: str
) -> str:
    """A query of the table in which each customer is called by a record."""
    columns = []
    for (column,) in connection.execute(
        "select column_name from duckdb_columns() where database_name = ?"
        " and schema_name = ? and table_name = ? order by column_index",
        [name, schema, table],
    ).fetchall():
        if "customer_id" in column and column != "shop_customer_id":
            columns.append(
                f"coalesce((select called from names_{name} as names"
                f" where names.customer_id = rows.{column}), rows.{column})"
            )
        elif column not in ("account_id", "household_id"):
            columns.append(f'rows."{column}"')
    return f"select {', '.join(columns)} from {name}.{schema}.{table} as rows"


def test_a_backfilled_range_is_as_if_it_had_been_run_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest night was there first; readers are shown it all the while."""
    monkeypatch.setenv("UNAVISTA_KEEP_VERSIONS", "9")
    then, later = Home(tmp_path / "then"), Home(tmp_path / "later")
    done = then.call("sample", "--customers", "300", "--days", "10")
    assert done.returncode == 0, done.stderr
    shutil.copytree(then.path, later.path, symlinks=True)
    for night in NIGHTS:
        then.run(night)
    later.run(NIGHTS[-1])
    shown = (later.path / "published" / "current").resolve()
    done = later.call("run", "--from", NIGHTS[0], "--to", NIGHTS[1])
    assert done.returncode == 0, done.stdout + done.stderr
    assert (later.path / "published" / "current").resolve() == shown
    later.run(NIGHTS[-1])
    assert {night: differing(then, later, night) for night in NIGHTS} == {
        night: {} for night in NIGHTS
    }
