"""What changed in columns and what came late is told, and no one is shown by it."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from datetime import date

import duckdb
import pytest

from ingestion.files.load import load_source
from ingestion.files.profiles import ColumnProfile, profile
from ingestion.settings import Settings
from ingestion.sources import all_sources, hubspot, shop, web_logs
from ingestion.tables import Column, Source, Table
from orchestration import column_reach
from orchestration.models import DBT, column_reach_path, manifest_path
from tests.conftest import REPOSITORY, Home

SALES = Table(
    "sales",
    "sales/*",
    tuple(Column(name) for name in ("day", "status", "customer_name", "region_id")),
    totals=("Total",),
)
TILL = Source("till", "What a till wrote.", (SALES,))


# --- One load, looked at.


def look(columns: dict[str, str], rows: int, **options) -> dict[str, ColumnProfile]:
    """Profiles of a load of `rows` lines; `columns` are SQL over the line, `n`."""
    columns = {"day": "null"} | columns
    values = ", ".join(f'cast({sql} as varchar) as "{c}"' for c, sql in columns.items())
    per_file = options.pop("rows_per_file", rows)
    with duckdb.connect() as connection:
        connection.execute(
            "create schema raw_till; create table raw_till.sales as"
            f" select {values}, 'f' || n // {per_file} as _file_id,"
            f" n % {per_file} + 1 as _line, if(n < {rows}, 'now', 'before') as _load_id"
            f" from range({rows} + 9) as lines (n)"
        )
        found = profile(connection, TILL, SALES, "now", **options)
        assert found == profile(connection, TILL, SALES, "now", **options)
    return {column.column_name: column for column in found}


def literals(*values: str | None) -> str:
    texts = ("null" if v is None else "'" + v.replace("'", "''") + "'" for v in values)
    return f"([{', '.join(texts)}])[1 + n % {len(values)}]"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("1", "-20", "0", None), "integer"),
        (("1", "2.50"), "decimal"),
        (("01067", "80331"), "text"),
        (("2026-07-01", "2026-02-28"), "date"),
        (("2026-07-01", "2026-02-30"), "text"),
        (("2026-07-01", "2026-07-01 10:00:00"), "timestamp"),
        (("2026-07-01T10:00:00Z", "2026-07-01T10:00:00.5+02:00"), "timestamp"),
        (("true", "No"), "boolean"),
        (('{"a": 1}', "[]"), "json"),
        (("{a", "[]"), "text"),
        (("1", "true"), "text"),
        (("epoch", "infinity"), "text"),
        ((None, None), None),
    ],
)
def test_a_type_is_what_every_value_reads_as(values: tuple, expected: str) -> None:
    found = look({"status": literals(*values)}, 12, delivered=("status",))["status"]
    assert found.value_type == expected
    assert found.null_count == 12 * values.count(None) / len(values)
    assert found.row_count == 12


@pytest.mark.parametrize(
    ("name", "values", "rows", "is_shown"),
    [
        ("status", ("paid", "sent out", None), 150, True),
        ("status", ("true", "false"), 50, True),
        ("status", ("paid", "sent out"), 49, False),
        ("status", ("paid", "ann@gmx.de"), 60, False),
        ("status", ("paid", "call 55501"), 60, False),
        ("status", ("paid", 'a "quoted" one'), 60, False),
        ("status", ("paid", "x" * 41), 60, False),
        ("status", ("1", "2"), 60, False),
        ("status", ("2026-07-01",), 60, False),
        ("status", tuple(f"kind {n}" for n in range(20)), 60, True),
        ("status", tuple(f"kind {n}" for n in range(21)), 63, False),
        ("customer_name", ("Ann Lee", "Bo Ek"), 60, False),
        ("region_id", ("north", "south"), 60, False),
        ("undeclared", ("Ann", "Bo"), 60, False),
    ],
)
def test_values_are_shown_of_declared_columns_that_tell_kinds_apart(
    name: str, values: tuple, rows: int, is_shown: bool
) -> None:
    [found] = look({name: literals(*values)}, rows).values()
    expected = sorted(value for value in values if value) if is_shown else None
    assert found.known_values == (expected and as_json(expected))


def as_json(values: list[str]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def test_examples_are_shapes() -> None:
    values = literals(
        "Müller, Jörg", "jo.9@gmx.de", "+49 170 1234567", "名前", "x" * 99
    )
    [found] = look({"customer_name": values}, 10).values()
    assert json.loads(found.examples) == ["+99 999 9999999", "aa", "aa.9@aaa.aa"]


def test_sums_of_the_report_are_no_values() -> None:
    found = look(
        {
            "day": "case n when 9 then 'Total: all' else '2026-07-01' end",
            "clicks": "case n when 9 then ' --' else cast(n as varchar) end",
        },
        10,
    )
    assert (found["day"].value_type, found["clicks"].value_type) == ("date", "integer")


def test_a_column_without_values_is_there_when_its_heading_was() -> None:
    columns = {"status": "'paid'", "region_id": "null", "customer_name": "null"}
    assert list(look(columns, 3)) == ["status"]
    assert list(look(columns, 3, delivered={"status", "region_id"})) == [
        "region_id",
        "status",
    ]


@pytest.mark.parametrize("per_file", [1, 50, 1000, 400_000])
def test_of_a_large_load_lines_of_every_file_are_looked_at(per_file: int) -> None:
    rows = min(400_000, 4000 * per_file)
    is_first = f"if(n % {per_file} = 0, 'first', null)"
    [found] = look({"status": is_first}, rows, rows_per_file=per_file).values()
    assert min(rows, 4000) <= found.row_count <= 10_000
    assert found.row_count - found.null_count == rows // per_file


# --- Which published columns a raw column reaches.


def manifest_of(**models: str) -> dict:
    """A manifest of SQL models in order; `x_public` is public, `py_…` is Python."""
    nodes = {
        name: {
            "name": name,
            "alias": name,
            "schema": "marts",
            "resource_type": "model",
            "language": "python" if name.startswith("py_") else "sql",
            "access": "public" if name.endswith("_public") else "private",
            "raw_code": code,
            "compiled_code": code,
            "depends_on": {"nodes": [other for other in models if other in code]},
            "columns": {
                column: {
                    "name": column,
                    "config": {"meta": {"pii": "name"} if column == "name" else {}},
                }
                for column in ("a", "b", "name")
                if re.search(rf"\b{column}\b", code)
            },
        }
        for name, code in models.items()
    }
    place = {"schema": "raw_till", "identifier": "sales"}
    return {"nodes": nodes, "sources": {"sales": place}}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select x as a, 1 as b from raw_till.sales", {"a": "x"}),
        (
            "with s as (select * from raw_till.sales), t as (select *, x || y as a from"
            " s) select t.*, t.z as b from t where q = 1",
            {"a": "x y", "b": "z"},
        ),
        (
            "select s.a, m.x as b from raw_till.sales as s"
            " left join marts.m on s.k = m.k",
            {"a": "a", "b": "first"},
        ),
        (
            "select x as a, y as b from raw_till.sales"
            " union all select z, null from raw_till.sales",
            {"a": "x z", "b": "y"},
        ),
        (
            "with u as (select * from raw_till.sales union all select * from marts.m)"
            " select x as a from u",
            {"a": "first x"},
        ),
        (
            "select p.item as a from raw_till.sales as s"
            " cross join unnest(string_split(s.x, ';')) as p (item)",
            {"a": "x"},
        ),
        (
            "select count(*) as a, max(case when k = 1 then x end) over"
            " (partition by y) as b from (select k, x, y from raw_till.sales) as s",
            {"b": "k x y"},
        ),
    ],
)
def test_a_column_reaches_what_is_computed_from_it(sql: str, expected: dict) -> None:
    manifest = manifest_of(x_public=sql, m="select first as x, k from raw_till.sales")
    manifest["nodes"]["x_public"]["depends_on"]["nodes"] = ["m"]
    found: dict[str, set] = {}
    for _, _, column, places, _ in column_reach.column_reach(manifest):
        for place in places.split(", "):
            found.setdefault(place.removeprefix("marts.x_public."), set()).add(column)
    assert found == {name: set(text.split()) for name, text in expected.items()}


def test_a_python_model_passes_on_the_columns_that_it_names() -> None:
    found = column_reach.column_reach(
        manifest_of(
            m="select x as record_id, y as other, z as name from raw_till.sales",
            py_clusters="def model(dbt, session): return dbt.ref('m')['record_id']",
            x_public="select cluster as a from marts.py_clusters as clusters",
        )
    )
    assert found == [
        ("till", "sales", "x", "marts.x_public.a", False),
        ("till", "sales", "z", "", True),
    ]


def test_a_model_that_was_not_compiled_is_named() -> None:
    manifest = manifest_of(m_public="select x as a from raw_till.sales")
    manifest["nodes"]["m_public"]["compiled_code"] = None
    with pytest.raises(ValueError, match="m_public is not compiled"):
        column_reach.column_reach(manifest)


# --- Nights, one after the other.


PERSONAL = (
    "quirine", "ottokar", "sieglinde", "kunde", "gmx", "lindenallee", "0170 ", "geheim",
)  # fmt: skip
NIGHTS = ("2026-07-01", "2026-07-02", "2026-07-03", "2026-07-04")


def table(count: int, **columns: str | Callable[[int], str]) -> str:
    """A CSV file of `count` rows; a column is a text, or what is made of the row."""
    lines = [",".join(columns)] + [
        ",".join(value(n) if callable(value) else value for value in columns.values())
        for n in range(count)
    ]
    return "\n".join(lines) + "\n"


def orders(count: int = 60, **columns: str | Callable[[int], str]) -> str:
    always = {
        "order_id": lambda n: f"o{n}",
        "customer_id": lambda n: f"c{n}",
        "email": lambda n: f"kunde{n % 3}@gmx.de",
        "currency": "EUR",
        "subtotal": "10.00",
        "total": "10.00",
        "ordered_at": lambda n: f"2026-06-{30 if n < 60 else 28} 10:00:00",
        "updated_at": "2026-06-30 10:00:00",
    }
    return table(count, **always, **columns)


def one_of(*values: str) -> Callable[[int], str]:
    return lambda n: values[n % len(values)]


def customers(**columns: str | Callable[[int], str]) -> str:
    always = {
        "customer_id": lambda n: f"c{n}",
        "phone": "0170 5550100",
        "street": "Lindenallee 4",
        "created_at": "2026-06-30",
        "updated_at": "2026-06-30",
    }
    return table(60, **always, **columns)


def deals(*days: str) -> str:
    rows = (f"{n},Deal {n},New,{day},{day}" for n, day in enumerate(days))
    head = "Record ID,Deal Name,Deal Stage,Create Date,Last Modified Date"
    return "\n".join([head, *rows]) + "\n"


def log(*days: str) -> str:
    return "".join(
        f'10.0.0.1 - - [{day}/Jun/2026:14:05:00 +0000] "GET / HTTP/1.1" 200 12\n'
        for day in days
    )


DELIVERIES = {
    "2026-07-01": {
        "shop/orders/1.csv": orders(
            status=one_of("paid", "shipped"), channel="web", discount="1.50",
            shipping="", tax="0", code=lambda n: str(1000 + n),
        ),
        "hubspot/deals/1.csv": deals("2026-06-01", "2026-06-30"),
        "web_logs/access/1.log": log("29", "30", "30"),
    },
    "2026-07-02": {
        "shop/orders/2.csv": orders(
            62, status=one_of("paid", "refunded"), channel=one_of("web", ""),
            shipping="4.90", tax="1.90", code=lambda n: f"A-{1000 + n}",
            gift=one_of("for Quirine", "geheim"),
        ),
        "shop/customers/2.csv": customers(
            first_name=one_of("Quirine", "Ottokar"), country_code=one_of("DE", "AT"),
        ),
        "hubspot/deals/2.csv": deals("2026-06-01", "2026-06-30", "2026-06-30"),
        "web_logs/access/2.log": log("28"),
    },
    "2026-07-03": {
        "shop/orders/3.csv": orders(
            status="paid", channel="web", discount="1.50", shipping="", tax="0",
            code=lambda n: str(1000 + n),
        ),
        "shop/customers/3.csv": customers(
            first_name=one_of("Quirine", "Sieglinde"), country_code=one_of("DE", "GB"),
            favourite="kunde1@gmx.de",
        ),
    },
    "2026-07-04": {
        "shop/orders/4.csv": orders(
            20, status=one_of("refunded", "returned"), discount="1.50", shipping="",
            tax="1.90", code=lambda n: f"A-{1000 + n}", channel="",
        ),
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home after four nights of loads, with the models of quality over them."""
    home = Home(tmp_path_factory.mktemp("drift") / "home")
    settings = Settings(home=home.path)
    for source in all_sources():
        load_source(settings, source, date(2026, 6, 30))
    # A column that was always filled and is gone would hold its file back.
    settings.decisions.mkdir()
    accepted = (f"shop/orders/{number}.csv,accept_missing\n" for number in (2, 3, 4))
    (settings.decisions / "files.csv").write_text("path,decision\n" + "".join(accepted))
    for night in NIGHTS:
        for path, content in DELIVERIES[night].items():
            home.deliver(path, content)
        for source in (shop.SOURCE, hubspot.SOURCE, web_logs.SOURCE):
            load_source(settings, source, date.fromisoformat(night))
    with duckdb.connect(str(settings.warehouse)) as connection:
        manifest_path()
        column_reach.write(connection, column_reach_path())
    done = subprocess.run(
        [
            DBT, "build", "--select", "+files", "+quarantine", "+nights",
            "+schema_changes", "+late_arrivals", "--exclude",
            "test_type:unit", "--vars", f"{{as_of: '{NIGHTS[-1]}'}}",
            "--project-dir", "dbt_project", "--target-path",
            home.path / "dbt", "--log-path", home.path / "dbt",
        ],
        cwd=REPOSITORY,
        env={**os.environ, "UNAVISTA_WAREHOUSE": str(settings.warehouse)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return home


def changes(home: Home, table_name: str) -> list[tuple]:
    return home.warehouse(
        "select cast(seen_on as varchar), column_name, change, before, after,"
        f" sample_values from quality.schema_changes where table_name = '{table_name}'"
        " order by all"
    )


def test_each_kind_of_change_is_told_once(nights: Home) -> None:
    money, code = '["9.99"]', '["9999"]'
    assert changes(nights, "orders") == [
        ("2026-07-02", "channel", "null_rate_jump", "0.00", "0.50", '["aaa"]'),
        ("2026-07-02", "code", "type_changed", "integer", "text", '["a-9999"]'),
        ("2026-07-02", "discount", "vanished_column", "decimal", "absent", money),
        ("2026-07-02", "gift", "new_column", "absent", "text",
         '["aaa aaaaaaa","aaaaaa"]'),
        ("2026-07-02", "shipping", "new_column", "absent", "decimal", money),
        ("2026-07-02", "status", "new_value", "absent", "refunded",
         '["paid","refunded"]'),
        ("2026-07-02", "tax", "type_changed", "integer", "decimal", money),
        ("2026-07-03", "channel", "null_rate_jump", "0.50", "0.00", '["web"]'),
        ("2026-07-03", "code", "type_changed", "text", "integer", code),
        ("2026-07-03", "discount", "new_column", "absent", "decimal", money),
        ("2026-07-03", "gift", "vanished_column", "text", "absent",
         '["aaa aaaaaaa","aaaaaa"]'),
        ("2026-07-03", "shipping", "null_rate_jump", "0.00", "1.00", "[]"),
    ]  # fmt: skip


def test_the_first_load_of_a_table_is_no_change(nights: Home) -> None:
    shape = '["aaaaa9@aaa.aa"]'
    assert changes(nights, "customers") == [
        ("2026-07-03", "country_code", "new_value", "absent", "GB", '["DE","GB"]'),
        ("2026-07-03", "favourite", "new_column", "absent", "text", shape),
    ]
    assert changes(nights, "deals") == []


def test_a_change_names_what_it_reaches(nights: Home) -> None:
    reached = dict(
        nights.warehouse(
            "select column_name, published_columns from quality.schema_changes"
            " where table_name = 'orders'"
        )
    )
    assert "marts.orders.discount_amount" in reached["discount"].split(", ")
    assert "marts.orders.channel" in reached["channel"].split(", ")
    assert reached["gift"] == reached["code"] == ""


def test_no_table_of_quality_shows_a_person(nights: Home) -> None:
    tables = nights.warehouse(
        "select table_name from information_schema.tables"
        " where table_schema = 'quality'"
    )
    assert {("schema_changes",), ("late_arrivals",), ("files",)} <= set(tables)
    for (name,) in [*tables, ("columns",)]:
        schema = "raw_ledger" if name == "columns" else "quality"
        rows = nights.warehouse(f"select cast(t as varchar) from {schema}.{name} as t")
        shown = " ".join(row for (row,) in rows).lower()
        assert [text for text in PERSONAL if text in shown] == [], name


def test_late_arrivals_count_a_record_where_it_came_first(nights: Home) -> None:
    found = nights.warehouse(
        "select source_name, table_name, cast(happened_on as varchar),"
        " cast(loaded_on as varchar), row_count, days_late from quality.late_arrivals"
        " order by all"
    )
    assert found == [
        ("hubspot", "deals", "2026-06-01", "2026-07-01", 1, 30),
        ("hubspot", "deals", "2026-06-30", "2026-07-01", 1, 1),
        ("hubspot", "deals", "2026-06-30", "2026-07-02", 1, 2),
        ("shop", "orders", "2026-06-28", "2026-07-02", 2, 4),
        ("shop", "orders", "2026-06-30", "2026-07-01", 60, 1),
        ("web_logs", "access", "2026-06-28", "2026-07-02", 1, 4),
        ("web_logs", "access", "2026-06-29", "2026-07-01", 1, 2),
        ("web_logs", "access", "2026-06-30", "2026-07-01", 2, 1),
    ]
