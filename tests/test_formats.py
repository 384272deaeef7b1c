"""The same facts in every format give the same staging, and doubt is said aloud."""

import gzip
import io
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import duckdb
import openpyxl
import pyarrow
import pytest
from pyarrow import parquet

from ingestion.files.load import ensure_ledger, load_source
from ingestion.settings import Settings
from ingestion.sources import hubspot, web_logs
from orchestration.models import manifest_path
from tests.conftest import Home
from tests.test_loading import TILL, assert_accounted, load, looks, rejects, sold

NAMES = (
    "Record ID", "Deal Name", "Deal Stage", "Amount", "Currency", "Create Date",
    "Close Date",
)  # fmt: skip
# Amounts and days as Python has them; every format spells them in its own way.
DEALS = [
    (7, 'Zelt "Fjäll", groß', "won", 1234.5, "EUR", datetime(2026, 1, 31, 14, 5), None),
    (
        8,
        "Zwei\nZeilen",
        "lost",
        -0.75,
        "EUR",
        datetime(2026, 2, 3, 9),
        date(2026, 3, 4),
    ),
    (9, None, "open", None, "EUR", datetime(2026, 12, 24, 23, 59), date(2026, 4, 3)),
    (10, "Über €", "won", 2000000.0, "EUR", datetime(2026, 2, 1), date(2026, 5, 30)),
]
Spelling = Callable[[object], str]


def iso(value: object) -> str:
    return "" if value is None else str(value)


def german(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    if isinstance(value, datetime):
        return value.strftime("%d.%m.%Y %H:%M")
    return value.strftime("%d.%m.%Y") if isinstance(value, date) else iso(value)


def american(value: object) -> str:
    if isinstance(value, float):
        return f"-${-value:,.2f}" if value < 0 else f"${value:,.2f}"
    if isinstance(value, datetime):
        return value.strftime("%m/%d/%Y %I:%M %p")
    return value.strftime("%m/%d/%Y") if isinstance(value, date) else iso(value)


def with_codes(value: object) -> str:
    return f"EUR {value:,.2f}" if isinstance(value, float) else iso(value)


def text(delimiter: str = ",", spell: Spelling = iso, above: str = "") -> str:
    def cell(value: object) -> str:
        spelled = spell(value).replace('"', '""')
        return f'"{spelled}"' if spelled else "--" if isinstance(value, float) else ""

    rows = [NAMES, *DEALS]
    return above + "".join(delimiter.join(map(cell, row)) + "\n" for row in rows)


def objects() -> list[dict[str, object]]:
    return [
        {
            name: value if isinstance(value, int | float | None) else iso(value)
            for name, value in zip(NAMES, row, strict=True)
        }
        for row in DEALS
    ]


def workbook() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in [NAMES, *DEALS]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def columnar() -> bytes:
    columns = dict(zip(NAMES, map(list, zip(*DEALS, strict=True)), strict=True))
    out = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), out)
    return out.getvalue()


def zstd(content: bytes) -> bytes:
    return pyarrow.compress(content, codec="zstd", asbytes=True)


PLAIN = text().encode()
# What is delivered, and what the record of files says had to be found out.
FORMATS: dict[str, tuple[Callable[[], bytes], str]] = {
    "csv": (lambda: PLAIN, ""),
    "csv with a byte order mark": (lambda: b"\xef\xbb\xbf" + PLAIN, ""),
    "csv with lines above": (lambda: text(above="All deals\n2026\n").encode(), ""),
    "semicolons": (lambda: text(";").encode(), ""),
    "tabs": (lambda: text("\t").encode(), ""),
    "german": (lambda: text(";", german).encode(), "decimal comma, day first"),
    "american": (lambda: text(",", american).encode(), "month first"),
    "currency codes": (lambda: text(",", with_codes).encode(), ""),
    "utf-16": (lambda: text("\t").encode("utf-16"), "utf-16"),
    "utf-16 without a mark": (lambda: text("\t").encode("utf-16-le"), "utf-16"),
    "windows-1252": (lambda: text(";").encode("cp1252"), "windows-1252"),
    "gzip": (lambda: gzip.compress(PLAIN), "gzip"),
    "zstd": (lambda: zstd(PLAIN), "zstd"),
    "gzip of german windows": (
        lambda: gzip.compress(text(";", german).encode("cp1252")),
        "gzip, windows-1252, decimal comma, day first",
    ),
    "xlsx": (workbook, "xlsx"),
    "json lines": (
        lambda: "".join(json.dumps(o) + "\n" for o in objects()).encode(), "",
    ),
    "json array": (lambda: json.dumps(objects(), indent=1).encode(), "json array"),
    "parquet": (columnar, ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def staging() -> Callable[..., list[tuple]]:
    """Runs a staging model, and those of the ledger, by their compiled SQL."""
    nodes = json.loads(manifest_path().read_text())["nodes"].values()
    sql = {n["name"]: n["compiled_code"] for n in nodes if "compiled_code" in n}

    def rows(home: Path, model: str, where: str = "true") -> list[tuple]:
        with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
            connection.execute("create schema if not exists staging")
            for name in (
                "stg_ledger__files", "stg_ledger__delivered_files",
                "stg_ledger__current_files",
            ):  # fmt: skip
                connection.execute(
                    f"create or replace table staging.{name} as {sql[name]}"
                )
            return connection.execute(
                "select * exclude (_file_id, _line, _load_id)"
                f" from ({sql[model]}) where {where} order by all"
            ).fetchall()

    return rows


def load_deals(home: Home, content: bytes, name: str = "deals") -> list[str]:
    home.deliver(f"hubspot/deals/{name}", content)
    settings = Settings(home=home.path)
    loaded = load_source(settings, hubspot.SOURCE, date(2026, 7, 1))
    ensure_ledger(settings)
    return loaded.messages


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory, staging) -> list[tuple]:
    """Staging of the plain CSV."""
    home = Home(tmp_path_factory.mktemp("facts") / "home")
    assert load_deals(home, PLAIN) == []
    found = staging(home.path, "stg_hubspot__deals")
    assert len(found) == len(DEALS)
    return found


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_staging(
    home: Home, staging, facts: list[tuple], name: str
) -> None:
    content, read_as = FORMATS[name]
    assert load_deals(home, content()) == []
    assert staging(home.path, "stg_hubspot__deals") == facts
    assert home.warehouse("select read_as, rows_loaded from raw_ledger.files") == [
        (read_as, len(DEALS))
    ]
    assert_accounted(home, hubspot.SOURCE)


def test_the_name_of_a_json_array_is_no_pattern(home: Home) -> None:
    for name, item in (("a1.json", "tea"), ("a[1].json", "coffee")):
        sale = [{"sale_id": item, "item": item}]
        home.deliver(f"till/sales/{name}", json.dumps(sale))
    load(home)
    assert sold(home) == [("coffee", "coffee"), ("tea", "tea")]


AMBIGUOUS = b"sale_id,item,pieces,sold_at\n1,tea,1,03/04/2026\n2,tea,1,05/04/2026\n"


def decide(home: Home, decision: str, path: str = "till/sales/a.csv") -> None:
    file = home.path / "decisions" / "files.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"path,decision,author,reason\n{path},{decision},ann,asked\n")


@pytest.mark.parametrize(
    ("decision", "day"), [("day_first", "2026-04-03"), ("month_first", "2026-03-04")]
)
def test_days_that_can_be_read_in_two_ways_wait_for_a_decision(
    home: Home, decision: str, day: str
) -> None:
    home.deliver("till/sales/a.csv", AMBIGUOUS)
    [message] = load(home).messages
    assert "refused: whether 03/04/2026 is in March or in April" in message
    assert "decisions/files.csv" in message
    assert load(home).messages == []
    decide(home, decision)
    assert load(home).messages == []
    [(first,)] = home.warehouse("select min(sold_at) from raw_till.sales")
    assert first.startswith(day)


def test_one_day_that_shows_the_order_decides_for_the_file(home: Home) -> None:
    home.deliver("till/sales/a.csv", AMBIGUOUS + b"3,tea,1,31/05/2026\n")
    assert load(home).messages == []
    assert home.warehouse("select sold_at from raw_till.sales order by sale_id") == [
        ("2026-04-03",), ("2026-04-05",), ("2026-05-31",),
    ]  # fmt: skip


def test_evidence_for_both_orders_is_refused(home: Home) -> None:
    home.deliver(
        "till/sales/a.csv", AMBIGUOUS + b"3,tea,1,31/05/2026\n4,tea,1,05/31/2026\n"
    )
    [message] = load(home).messages
    assert "1 days of sold_at begin with the day and 1 with the month" in message


def test_a_decision_that_nobody_knows_is_named(home: Home) -> None:
    home.deliver("till/sales/a.csv", AMBIGUOUS)
    decide(home, "guess")
    with pytest.raises(ValueError, match=r"files.csv line 2: .*'guess'"):
        load(home)


def test_a_time_with_an_offset_becomes_utc(home: Home) -> None:
    home.deliver(
        "till/sales/a.csv",
        "sale_id,item,pieces,sold_at\n1,tea,1,2026-01-31T12:00:00+02:00\n"
        "2,tea,1,2026-01-31 10:00:00Z\n",
    )
    load(home)
    assert home.warehouse(
        "select distinct cast(sold_at as timestamp) from raw_till.sales"
    ) == [(datetime(2026, 1, 31, 10),)]


def export(count: int) -> str:
    rows = "".join(f"{n},Deal {n},won,2026-01-01\n" for n in range(count))
    return "Record ID,Deal Name,Deal Stage,Create Date\n" + rows


def deals(home: Home, staging) -> int:
    """Deals that count now: earlier exports are kept to tell what changed."""
    return len(staging(home.path, "stg_hubspot__deals", "is_current"))


def test_a_full_export_ends_what_it_does_not_list(home: Home, staging) -> None:
    load_deals(home, export(10).encode(), "1.csv")
    load_deals(home, export(9).encode(), "2.csv")
    assert deals(home, staging) == 9
    landing = home.path / "landing" / "hubspot" / "deals"
    (landing / "1.csv").rename(landing / "3.csv")
    load_deals(home, export(9).encode(), "2.csv")
    assert deals(home, staging) == 9


def test_a_full_export_that_shrank_is_held_until_it_is_accepted(
    home: Home, staging
) -> None:
    load_deals(home, export(10).encode(), "1.csv")
    [message] = load_deals(home, export(6).encode(), "2.csv")
    assert "held back: this full export of `deals` has 6 rows" in message
    assert "accept_smaller" in message
    assert load_deals(home, export(6).encode(), "2.csv") == []
    assert deals(home, staging) == 10
    assert [status for _, status, _, _ in looks(home)] == ["loaded", "held"]
    decide(home, "accept_smaller", "hubspot/deals/2.csv")
    assert load_deals(home, export(6).encode(), "2.csv") == []
    assert deals(home, staging) == 6


LOGS = {
    "virtual host": b'shop.de:443 ::1 - - [31/Jan/2026:14:05:00 +0000] "GET /a?b=1'
    b' HTTP/1.1" 200 12 "-" "UA"\n',
    "address list": b'::1, 10.0.0.2 - ann [31/Jan/2026:14:05:00 +0000] "GET /a?b=1'
    b' HTTP/1.1" 200 12 "-" "UA"\n',
    "forwarded": b'10.0.0.2 - - [31/Jan/2026:15:05:00 +0100] "GET /a?b=1 HTTP/1.1" 200'
    b' 12 "-" "UA" "::1, 10.0.0.2"\n',
    "json": b'{"time_iso8601":"2026-01-31T14:05:00+00:00","remote_addr":"::1","status":'
    b'200,"request":"GET /a?b=1 HTTP/1.1","bytes":12,"http_user_agent":"UA"}\n',
    "w3c": b"#Software: IIS\n#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query"
    b" sc-status sc-bytes cs(User-Agent)\n"
    b"2026-01-31 14:05:00 ::1 GET /a b=1 200 12 UA\n",
}


@pytest.mark.parametrize("name", LOGS)
def test_every_log_format_gives_the_same_request(
    home: Home, staging, name: str
) -> None:
    home.deliver("web_logs/access/a.log", LOGS[name] + b"junk \xff\x00\n")
    settings = Settings(home=home.path)
    load_source(settings, web_logs.SOURCE, date(2026, 7, 1))
    with duckdb.connect(":memory:") as connection:
        [(visitor,)] = connection.execute("select md5('::1|UA')").fetchall()
    [found] = staging(home.path, "stg_web_logs__requests")
    assert visitor in found
    assert found[3:6] == ("GET", "/a?b=1", "/a")
    assert found[-3:] == (200, 12, datetime(2026, 1, 31, 14, 5))
    [(raw,)] = home.warehouse("select raw from raw_ledger.rejects")
    assert raw == r"junk \xff\x00"
    assert_accounted(home, web_logs.SOURCE)


def test_a_file_with_many_columns_loads(home: Home) -> None:
    extra = ",".join(f"extra {n}" for n in range(1500))
    home.deliver("till/sales/a.csv", f"sale_id,item,{extra}\n1,tea,{'x,' * 1499}x\n")
    assert load(home, TILL).messages == []
    assert sold(home) == [("1", "tea")]


def test_a_line_without_end_costs_itself_only(home: Home) -> None:
    good = LOGS["forwarded"]
    home.deliver("web_logs/access/a.log", good + b"x" * 5_000_000 + b"\n" + good)
    load(home, web_logs.SOURCE)
    assert rejects(home) == [(2, "encoding", "the line is longer than 2,000,000 bytes")]
    assert home.warehouse("select _line from raw_web_logs.access order by 1") == [
        (1,), (3,),
    ]  # fmt: skip
