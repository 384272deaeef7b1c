"""What a night need not build: views and seeds that stand as they would be built."""

import copy

import duckdb
import pytest

from orchestration.unchanged import sign, signatures, unchanged


def _node(kind: str, schema: str, name: str, parents: tuple, **more: object) -> dict:
    return {
        "resource_type": kind, "schema": schema, "alias": name, "name": name,
        "config": {"materialized": more.get("materialized", kind)},
        "compiled_code": more.get("sql"), "raw_code": "", "checksum": more.get("file"),
        "depends_on": {"nodes": list(parents), "macros": more.get("macros", [])},
    }  # fmt: skip


MANIFEST = {
    "sources": {"source.orders": {"schema": "raw_shop", "identifier": "orders"}},
    "macros": {
        "macro.as_of": {"depends_on": {"macros": ["macro.dbt.run_query"]}},
        "macro.trim": {"depends_on": {"macros": []}},
    },
    "nodes": {
        "seed.words": _node("seed", "seeds", "words", (), file="of May"),
        "test.words_unique": _node("test", "tests", "words_unique", ("seed.words",)),
        "model.orders": _node(
            "model", "staging", "orders", ("source.orders",), sql="select 1 as n",
            materialized="view", macros=["macro.trim"],
        ),
        "model.paid": _node(
            "model", "staging", "paid", ("model.orders", "seed.words"), sql="select 2",
            materialized="view",
        ),
        "model.recent": _node(
            "model", "staging", "recent", ("model.orders",), sql="select 3",
            materialized="view", macros=["macro.as_of"],
        ),
        "model.customers": _node(
            "model", "marts", "customers", ("model.paid",), sql="select 4",
            materialized="table",
        ),
        "test.orders": _node("test", "tests", "orders_hold", ("model.orders",)),
    },
    "child_map": {"seed.words": ["test.words_unique", "model.paid"]},
}  # fmt: skip
ALL = ["orders", "paid", "words", "words_unique"]


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    """What a night left that built everything."""
    connection = duckdb.connect()
    for schema in ("raw_shop", "staging", "seeds", "marts"):
        connection.execute(f"create schema {schema}")
    connection.execute("create table raw_shop.orders (total varchar)")
    connection.execute("create table seeds.words (word varchar)")
    for view in ("orders", "paid", "recent"):
        connection.execute(f"create view staging.{view} as select 1 as n")
    return connection


def _left(
    warehouse: duckdb.DuckDBPyConnection, manifest: dict, timezone: str = "UTC"
) -> list[str]:
    return unchanged(manifest, warehouse, signatures(manifest, warehouse, timezone))


@pytest.fixture
def signed(warehouse: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    sign(MANIFEST, warehouse, signatures(MANIFEST, warehouse, "UTC"), [])
    return warehouse


def test_a_first_night_builds_everything(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert _left(warehouse, MANIFEST) == []


def test_a_later_night_leaves_what_stands(signed: duckdb.DuckDBPyConnection) -> None:
    """But not a view that asks the warehouse, nor the tests of a view."""
    assert _left(signed, MANIFEST) == ALL


def test_another_time_zone_is_another_view(signed: duckdb.DuckDBPyConnection) -> None:
    assert "orders" not in _left(signed, MANIFEST, "Europe/Berlin")


def test_a_view_made_by_hand_is_made_again(signed: duckdb.DuckDBPyConnection) -> None:
    signed.execute("create or replace view staging.orders as select 5 as n")
    assert _left(signed, MANIFEST) == ["paid", "words", "words_unique"]


def test_another_type_of_a_raw_column_is_another_view(
    signed: duckdb.DuckDBPyConnection,
) -> None:
    signed.execute("alter table raw_shop.orders alter total type bigint")
    assert _left(signed, MANIFEST) == ["words", "words_unique"]


def test_a_changed_seed_is_dropped_with_what_stands_on_it(
    signed: duckdb.DuckDBPyConnection,
) -> None:
    manifest = copy.deepcopy(MANIFEST)
    manifest["nodes"]["seed.words"]["checksum"] = "of June"
    assert _left(signed, manifest) == ["orders"]
    assert (
        signed.execute("from duckdb_tables() where schema_name = 'seeds'").fetchall()
        == []
    )


def test_what_was_passed_over_keeps_its_signature(
    signed: duckdb.DuckDBPyConnection,
) -> None:
    manifest = copy.deepcopy(MANIFEST)
    manifest["nodes"]["model.orders"]["compiled_code"] = "select 6 as n"
    again = signatures(manifest, signed, "UTC")
    sign(manifest, signed, again, ["orders", "words"])
    assert _left(signed, manifest) == ["paid", "words", "words_unique"]
