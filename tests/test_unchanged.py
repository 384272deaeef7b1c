"""What a night need not build, nor test: what stands as it would be built again."""

import copy
from datetime import date

import duckdb
import pytest

from orchestration.unchanged import sign, signatures, sql_of, unchanged

NIGHT = date(2026, 7, 1)
LEDGER = "model.unavista.stg_ledger__delivered_files"


def _node(kind: str, schema: str, name: str, parents: tuple, **more: object) -> dict:
    return {
        "resource_type": kind, "schema": schema, "alias": name, "name": name,
        "config": {"materialized": more.get("materialized", kind)},
        "compiled_code": more.get("sql"), "raw_code": "", "language": "sql",
        "checksum": more.get("file"),
        "depends_on": {"nodes": list(parents), "macros": more.get("macros", [])},
    }  # fmt: skip


MANIFEST = {
    "sources": {
        f"source.{schema}.{table}": {"schema": schema, "identifier": table}
        for schema, table in (
            ("raw_shop", "orders"), ("raw_web", "events"), ("raw_ledger", "files"),
            ("registry", "customer_ids"),
        )
    },
    "macros": {
        "macro.as_of": {
            "depends_on": {"macros": ["macro.unavista.night_of_the_warehouse"]}
        },
        "macro.unavista.night_of_the_warehouse": {
            "depends_on": {"macros": ["macro.dbt.run_query"]}
        },
        "macro.counts": {"depends_on": {"macros": ["macro.dbt.run_query"]}},
        "macro.trim": {"depends_on": {"macros": []}},
        "macro.business_day": {
            "macro_sql": "{{ env_var('UNAVISTA_TIMEZONE') }}",
            "depends_on": {"macros": []},
        },
    },
    "nodes": {
        "seed.words": _node("seed", "seeds", "words", (), file="of May"),
        "test.words": _node("test", "tests", "words_unique", ("seed.words",)),
        LEDGER: _node(
            "model", "staging", "stg_ledger__delivered_files",
            ("source.raw_ledger.files",), sql="select 0", materialized="table",
        ),
        "model.orders": _node(
            "model", "staging", "orders", ("source.raw_shop.orders", LEDGER),
            sql="select 1 as n", materialized="view", macros=["macro.trim"],
        ),
        "model.events": _node(
            "model", "staging", "events", ("source.raw_web.events", LEDGER),
            sql="select 1 as n", materialized="view",
        ),
        "test.orders": _node("test", "tests", "orders_hold", ("model.orders",)),
        "model.customers": _node(
            "model", "marts", "customers", ("model.orders", "seed.words"),
            sql="select 4", materialized="table",
        ),
        "test.customers": _node(
            "test", "tests", "customers_unique", ("model.customers",), sql="select 5",
        ),
        "model.sessions": _node(
            "model", "marts", "sessions", ("model.events",), sql="select 6",
            materialized="table", macros=["macro.business_day"],
        ),
        "test.all": _node(
            "test", "tests", "add_up", ("model.customers", "model.sessions")
        ),
        "model.recent": _node(
            "model", "marts", "recent", ("model.customers",), sql="select '0001-01-01'",
            materialized="table", macros=["macro.as_of"],
        ),
        "model.ids": _node(
            "model", "identity", "ids", ("source.registry.customer_ids",),
            sql="select 8", materialized="table",
        ),
        "model.asking": _node(
            "model", "marts", "asking", (), sql="select 9", materialized="table",
            macros=["macro.counts"],
        ),
    },
}  # fmt: skip
MANIFEST["child_map"] = {
    key: [child for child, node in MANIFEST["nodes"].items()
          if key in node["depends_on"]["nodes"]]
    for key in MANIFEST["nodes"]
}  # fmt: skip
SHOP = {"model.customers", "test.customers", "test.orders", "test.all", "model.recent"}
WEB = {"model.sessions", "test.all"}
# It asks the warehouse while it is compiled: who knows what that says.
STANDING = MANIFEST["nodes"].keys() - {"model.asking"}


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    """What a night left that built everything and tested it."""
    connection = duckdb.connect()
    for schema in ("raw_shop", "raw_web", "raw_ledger", "registry"):
        connection.execute(f"create schema {schema}")
    connection.execute("create table raw_shop.orders (total varchar)")
    connection.execute("create table raw_web.events (name varchar)")
    connection.execute("create table raw_ledger.files (source_name varchar, path text)")
    connection.execute("insert into raw_ledger.files values ('shop', 'a.csv')")
    connection.execute("create table registry.customer_ids (id varchar, as_of date)")
    for node in MANIFEST["nodes"].values():
        if node["resource_type"] == "test":
            continue
        connection.execute(f"create schema if not exists {node['schema']}")
        kind = "view" if node["config"]["materialized"] == "view" else "table"
        relation = f"{node['schema']}.{node['alias']}"
        connection.execute(f"create {kind} {relation} as select 1 as n")
    signed = signatures(MANIFEST, connection, "UTC", NIGHT)
    sign(MANIFEST, connection, signed, "first", set(signed))
    return connection


def _news(
    warehouse: duckdb.DuckDBPyConnection,
    manifest: dict = MANIFEST,
    timezone: str = "UTC",
    night: date = NIGHT,
) -> set[str]:
    """What is built or tested again, of what stood."""
    signed = signatures(manifest, warehouse, timezone, night)
    return set(STANDING) - unchanged(manifest, warehouse, signed)


def test_a_warehouse_without_signatures_is_built(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    for schema, name, kind in warehouse.execute(
        "select schema_name, table_name, 'table' from duckdb_tables() union all"
        " select schema_name, view_name, 'view' from duckdb_views() where not internal"
    ).fetchall():
        warehouse.execute(f"comment on {kind} {schema}.{name} is null")
    assert _news(warehouse) == set(STANDING)


def test_the_same_night_again_has_no_news(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """Not even by what it wrote to the registry itself."""
    assert _news(warehouse) == set()
    warehouse.execute(f"insert into registry.customer_ids values ('c1', '{NIGHT}')")
    assert _news(warehouse) == set()


def test_another_night_is_news_to_what_counts_days(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert _news(warehouse, night=date(2026, 7, 2)) == {"model.recent"}


def test_the_registry_of_other_nights_is_news(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute("insert into registry.customer_ids values ('c1', '2026-06-30')")
    assert _news(warehouse) == {"model.ids"}


def test_a_file_is_news_to_what_reads_its_source(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """A view stands, what is tested over it is tested again."""
    warehouse.execute("insert into raw_web.events values ('Page Viewed')")
    warehouse.execute("insert into raw_ledger.files values ('web', 'b.jsonl')")
    assert _news(warehouse) == WEB | {LEDGER}


def test_a_withdrawn_file_is_news_without_another_row(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute("insert into raw_ledger.files values ('shop', null)")
    assert _news(warehouse) == SHOP | {LEDGER}


def test_another_time_zone_is_news_to_all(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert _news(warehouse, timezone="Europe/Berlin") == set(STANDING)


def test_what_was_made_by_hand_is_made_again(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """And what reads it stands: it was made from what a night had made."""
    warehouse.execute("create or replace table marts.customers as select 5 as n")
    assert _news(warehouse) == {"model.customers", "test.customers", "test.all"}


def test_another_type_of_a_raw_column_is_another_view(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute("alter table raw_shop.orders alter total type bigint")
    assert _news(warehouse) == SHOP | {"model.orders"}


def test_a_changed_seed_is_dropped_with_what_stands_on_it(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    manifest = copy.deepcopy(MANIFEST)
    manifest["nodes"]["seed.words"]["checksum"] = "of June"
    news = SHOP - {"test.orders"} | {"seed.words", "test.words"}
    assert _news(warehouse, manifest) == news
    assert (
        warehouse.execute("from duckdb_tables() where schema_name = 'seeds'").fetchall()
        == []
    )


def test_a_changed_test_is_run_and_its_table_stands(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    manifest = copy.deepcopy(MANIFEST)
    manifest["nodes"]["test.customers"]["compiled_code"] = "select 6"
    assert _news(warehouse, manifest) == {"test.customers", "test.all"}


def test_a_changed_model_is_news_to_what_reads_it(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    manifest = copy.deepcopy(MANIFEST)
    manifest["nodes"]["model.events"]["compiled_code"] = "select 6 as n"
    assert _news(warehouse, manifest) == WEB | {"model.events"}


def test_sql_is_compiled_once_where_nothing_but_the_night_changes_it() -> None:
    said = sql_of(MANIFEST, NIGHT)
    assert said["model.recent"] == "select '2026-07-01'"
    assert said["model.customers"] == "select 4"
    assert said.keys().isdisjoint(("model.asking", "model.sessions"))
