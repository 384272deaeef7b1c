"""Files of every odd kind that was met: what is read of them, and what is said."""

import codecs
import gzip
import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pytest
from openpyxl.styles import Font
from pyarrow import parquet

from ingestion.files import raw, readers
from ingestion.files.load import load_source
from ingestion.settings import Settings
from ingestion.sources import all_sources, google_ads, hubspot, meta_ads, shop, web_logs
from ingestion.tables import Column, Source, Table
from orchestration.models import manifest_path
from tests.conftest import REPOSITORY, Home
from tests.test_dirty_files import assert_as_by_themselves
from tests.test_loading import (
    EVENT,
    KNOWN,
    LOG_LINE,
    assert_accounted,
    load,
    looks,
    rejects,
    rows,
)

SALES = Table(
    "sales",
    "sales/*",
    (
        Column("sale_id", required=True),
        Column("item"),
        Column("pieces", "integer"),
        Column("price", "decimal"),
        Column("sold_at", "timestamp"),
    ),
)
TILL = Source("till", "What a till wrote.", (SALES,))
HEAD = "sale_id,item,pieces,price,sold_at\n"
DEALS = next(table for table in hubspot.SOURCE.tables if table.name == "deals")
pytestmark = pytest.mark.torture
DEAL_HEAD = "Record ID,Deal Name,Deal Stage,Amount"
ACCESS = web_logs.SOURCE.tables[0]


def read(
    content: str | bytes, folder: Path, table: Table = SALES, *decisions: str
) -> readers.Reading:
    """What the reader makes of one file, without loading it."""
    path = folder / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with duckdb.connect() as connection:
        plain = readers.unpack(path, table, folder / "plain")
        seen = readers.fingerprint(plain.path, table.format == "csv")
        return readers.read(
            connection, plain, table, seen, folder / "plain", frozenset(decisions)
        )


def refusal(content: str, folder: Path, table: Table = SALES, *decisions: str) -> str:
    with pytest.raises(readers.Refused) as refused:
        read(content, folder, table, *decisions)
    return str(refused.value)


def column(name: str, *texts: str, delimiter: str = ";") -> str:
    """A file that has a value for each text in one column."""
    lines = (f'{n}{delimiter}"{text}"\n' for n, text in enumerate(texts))
    return f"sale_id{delimiter}{name}\n" + "".join(lines)


# --- Staging without a run of dbt for every warehouse.


@pytest.fixture(scope="module")
def staging() -> dict[str, str]:
    """Compiled SQL of every model by name, over a database called warehouse."""
    nodes = json.loads(manifest_path().read_text())["nodes"].values()
    return {n["name"]: n["compiled_code"] for n in nodes if "compiled_code" in n}


def staged(
    home: Home,
    staging: dict[str, str],
    model: str,
    columns: str = "* exclude (_file_id, _line, _load_id)",
    number: int | None = None,
) -> list[tuple]:
    """Rows of a staging model over the warehouse of `home`, in order.

    With `number`, the tables of that format stand in for those of shop and CRM.
    """
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{home.path / 'warehouse.duckdb'}' as built")
        connection.execute("attach ':memory:' as warehouse")
        connection.execute("use warehouse")
        held = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where database_name = 'built' and starts_with(schema_name, 'raw_')"
        ).fetchall()
        for schema, table in held:
            target, name = schema, table
            if number is not None and schema == "raw_every":
                name, _, found = table.rpartition("_")
                target = "raw_hubspot" if name == "contacts" else "raw_shop"
                if found != str(number):
                    continue
            connection.execute(f"create schema if not exists {target}")
            connection.execute(
                f"create view {target}.{name} as from built.{schema}.{table}"
            )
        connection.execute("create schema staging")
        for name in ("files", "delivered_files", "current_files"):
            sql = staging[f"stg_ledger__{name}"]
            connection.execute(f"create view staging.stg_ledger__{name} as {sql}")
        return connection.execute(
            f"select {columns} from ({staging[model]}) order by all"
        ).fetchall()


# --- The same facts in every format.


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


CUSTOMERS = [
    dict(
        customer_id=f"c{n}", email=f"kunde{n}@example.com", first_name=first,
        last_name=last, phone="+49 30 901820", birth_date=born, street=street,
        city="Köln", postal_code="01067", country_code="de", accepts_marketing=accepts,
        is_guest=False, created_at=at(f"2026-01-{n:02} 08:05:09"),
        updated_at=at(f"2026-03-{n + 10:02} 14:05:09"),
    )
    for n, first, last, born, street, accepts in [
        (1, "Jürgen", 'Groß "Joe"', date(1990, 5, 4), "Am Markt 5\nHinterhaus", True),
        (2, "Zoë", "O'Neill", None, "5, rue d'Été; 2e étage", False),
        (3, None, "Ångström", date(1984, 2, 29), None, None),
        (13, "„Mäxchen“", "Weiß–Schwarz", date(1955, 12, 31), 'Zoll 3"', True),
    ]
]  # fmt: skip
ORDERS = [
    dict(
        order_id=f"o{n}", customer_id="c1", email="kunde1@example.com", status="paid",
        channel=channel, currency="EUR", subtotal=Decimal(subtotal), discount=discount,
        shipping=Decimal("4.90"), tax=Decimal("0.05"), total=Decimal(total),
        ordered_at=at(ordered), updated_at=at("2026-03-31 00:00:00"),
    )
    for n, channel, subtotal, discount, total, ordered in [
        (1, "web", "1234567.89", Decimal("-1.50"), "1234571.34", "2026-01-02 00:00:01"),
        (2, None, "1.00", None, "5.95", "2026-01-31 12:00:00"),
        (3, "Läden", "1234.50", Decimal("0"), "1239.45", "2026-02-28 23:59:59"),
    ]
]  # fmt: skip
CONTACTS = [
    {
        "Record ID": number, "First Name": "Jürgen", "Last Name": "Müller, jun.",
        "Email": "j.mueller@example.com", "Phone Number": None,
        "Lifecycle Stage": stage, "Original Source": "12,50 € Gutschein\n\t\"neu\"",
        "Merged contact IDs": None, "Create Date": at("2025-11-13 07:00:00"),
        "Last Modified Date": at("2026-01-05 15:30:00"),
    }
    for number, stage in [(12345678901, "customer"), (7, None), (1000, "lead")]
]  # fmt: skip
FACTS = {"customers": CUSTOMERS, "orders": ORDERS, "contacts": CONTACTS}
TABLES = (*shop.SOURCE.tables[:2], hubspot.SOURCE.tables[0])
Records = list[dict[str, object]]


def english(number: Decimal) -> str:
    return f"{number:,}"


def german(number: Decimal) -> str:
    return f"{number:,}".translate(str.maketrans(",.", ".,"))


def french(number: Decimal) -> str:
    return f"{number:,} €".translate(str.maketrans(",.", "\u202f,"))


def american(day: date) -> str:
    text = f"{day.month}/{day.day}/{day.year}"
    if isinstance(day, datetime):
        text += f"{day:, %I:%M:%S %p}".replace(", 0", ", ")
    return text


def in_berlin(moment: datetime) -> str:
    """With the offset that a server in summer time writes."""
    return f"{moment + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+02:00"


def delimited(
    records: Records,
    delimiter: str = ",",
    number: Callable[[Decimal], str] = str,
    day: Callable[[date], str] = str,
    moment: Callable[[datetime], str] = str,
) -> str:
    def cell(value: object) -> str:
        match value:
            case None:
                return ""
            case bool():
                return str(value).lower()
            case Decimal():
                value = number(value)
            case datetime():
                value = moment(value)
            case date():
                value = day(value)
        text = str(value)
        is_quoted = any(character in text for character in '\n"' + delimiter)
        return '"' + text.replace('"', '""') + '"' if is_quoted else text

    lines = [list(records[0]), *(record.values() for record in records)]
    return "".join(delimiter.join(map(cell, line)) + "\n" for line in lines)


def workbook(lines: list[list], touch: Callable = lambda sheet: None) -> bytes:
    made = openpyxl.Workbook()
    for line in lines:
        made.active.append(line)
    touch(made.active)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def typed_workbook(records: Records) -> bytes:
    lines = [list(record.values()) for record in records]
    return workbook([["Export of all"], [], list(records[0]), *lines])


def json_texts(records: Records) -> list[dict]:
    def plain(value: object) -> object:
        if isinstance(value, Decimal):
            return float(value)
        return value.isoformat() if isinstance(value, date) else value

    return [{name: plain(v) for name, v in record.items()} for record in records]


def json_lines(records: Records) -> bytes:
    lines = [json.dumps(text) + "\n" for text in json_texts(records)]
    return "".join(lines).encode()


def json_array(records: Records) -> bytes:
    return json.dumps(json_texts(records), indent=4, ensure_ascii=False).encode()


def typed_parquet(records: Records) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(records), file)
    return file.getvalue()


def semicolons(records: Records, number: Callable[[Decimal], str] = german) -> str:
    return delimited(
        records, ";", number, "{:%d.%m.%Y}".format, "{:%d.%m.%Y %H:%M:%S}".format
    )


tabs = partial(delimited, delimiter="\t")
zstd = partial(pa.compress, codec="zstd", asbytes=True)

FORMATS: dict[str, Callable[[Records], bytes | str]] = {
    "commas.csv": delimited,
    "semicolons.csv": semicolons,
    "tabs.tsv": tabs,
    "marked.csv": lambda r: codecs.BOM_UTF8 + delimited(r).encode(),
    "utf-16-le.txt": lambda r: codecs.BOM_UTF16_LE + tabs(r).encode("utf-16-le"),
    "utf-16-be.csv": lambda r: codecs.BOM_UTF16_BE + semicolons(r).encode("utf-16-be"),
    "unmarked.csv": lambda r: tabs(r).encode("utf-16-le"),
    "windows-1252.csv": lambda r: semicolons(r).encode("cp1252"),
    "lines above.csv": lambda r: 'sep=;\nAll of 5" and "more"\n\n' + semicolons(r),
    "packed.csv": lambda r: gzip.compress(delimited(r).encode()),
    "packed.csv.gz": lambda r: gzip.compress(gzip.compress(semicolons(r).encode())),
    "packed windows-1252.gz": lambda r: gzip.compress(semicolons(r).encode("cp1252")),
    "packed.csv.zst": lambda r: zstd(delimited(r).encode()),
    "workbook.xlsx": typed_workbook,
    "lines.jsonl": json_lines,
    "array.json": json_array,
    "columns.parquet": typed_parquet,
    "american.csv": lambda r: delimited(r, ",", english, american, american),
    "offsets.csv": lambda r: delimited(r, moment=in_berlin),
    "signs.csv": lambda r: delimited(r, ",", "€{:,}".format),
    "codes.csv": lambda r: semicolons(r, lambda number: f"{german(number)} EUR"),
    "french.csv": lambda r: delimited(
        r, ";", french, "{:%d/%m/%Y}".format, "{:%d/%m/%Y %H:%M:%S}".format
    ),
}  # fmt: skip
MODELS = ("stg_shop__customers", "stg_shop__orders", "stg_hubspot__contacts")


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Every format loaded into tables of its own: `customers_0`, `orders_0`, …"""
    home = Home(tmp_path_factory.mktemp("every") / "home")
    tables = []
    for number, (name, write) in enumerate(FORMATS.items()):
        for table in TABLES:
            mine = f"{table.name}_{number}"
            tables.append(replace(table, name=mine, files=f"{mine}/*"))
            home.deliver(f"every/{mine}/{name}", write(FACTS[table.name]))
    loaded = load(home, Source("every", "A shop and a CRM.", tuple(tables)))
    assert loaded.messages == []
    for table, count in loaded.rows_loaded.items():
        assert count == len(FACTS[table.rpartition("_")[0]]), table
    return home


def test_staging_holds_the_facts(every: Home, staging: dict[str, str]) -> None:
    truth = {model: staged(every, staging, model, number=0) for model in MODELS}
    customers = {row[0]: row for row in truth["stg_shop__customers"]}
    for fact in CUSTOMERS:
        row = customers[fact["customer_id"]]
        assert row[2:9] == tuple(
            fact[name]
            for name in (
                *("first_name", "last_name", "phone", "birth_date", "street", "city"),
                "postal_code",
            )
        )
        assert row[-2:] == (fact["created_at"], fact["updated_at"])
    orders = {row[0]: row for row in truth["stg_shop__orders"]}
    for fact in ORDERS:
        row = orders[fact["order_id"]]
        assert (row[6], row[7], row[10]) == (
            fact["subtotal"], fact["discount"] or 0, fact["total"],
        )  # fmt: skip
        assert row[-2:] == (fact["ordered_at"], fact["updated_at"])
    contacts = {row[0]: row for row in truth["stg_hubspot__contacts"]}
    assert set(contacts) == {str(fact["Record ID"]) for fact in CONTACTS}
    assert contacts["7"][18] == CONTACTS[0]["Original Source"]
    assert contacts["7"][-2:] == (at("2025-11-13 07:00:00"), at("2026-01-05 15:30:00"))


# --- Workbooks, headings, rows that are none.


def redimensioned(content: bytes, dimension: bytes) -> bytes:
    """A workbook that says of its first sheet what some programs write."""
    before, after = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(after, "w") as archive:
        for name in before.namelist():
            part = before.read(name)
            archive.writestr(
                name, part.replace(b'<dimension ref="A1:E3" />', dimension)
            )
    return after.getvalue()


@pytest.mark.parametrize("dimension", [b"", b'<dimension ref="A1"/>'])
def test_a_workbook_is_read_whatever_it_says_of_its_size(
    tmp_path: Path, dimension: bytes
) -> None:
    lines = [HEAD.strip().split(","), ["1", "tea", 7, 0.1 + 0.2, None], ["2", "milk"]]
    lines[1][4] = datetime(2026, 1, 31, 10, 0, 7)
    reading = read(redimensioned(workbook(lines), dimension), tmp_path)
    assert rows(reading, "sale_id", "item", "pieces", "sold_at") == [
        ("1", "tea", "7", "2026-01-31 10:00:07"),
        ("2", "milk", None, None),
    ]
    assert reading.rejects == []


def test_formatted_cells_below_the_rows_of_a_workbook_are_no_rows(
    tmp_path: Path,
) -> None:
    def embolden(sheet) -> None:
        for number in range(3, 60):
            sheet.cell(number, 9).font = Font(bold=True)

    lines = [["sale_id", "item"], ["1", "tea"]]
    reading = read(workbook(lines, embolden), tmp_path)
    assert rows(reading) == [("1", "tea")]
    assert (reading.rows_read, reading.rejects) == (1, [])


def test_rows_of_nothing_but_delimiters_are_no_rows(home: Home) -> None:
    home.deliver("till/sales/a.csv", "sale_id;price\n1;1,50\n;\n;\n2;2,50\n;\n;x\n")
    home.deliver("till/sales/b.csv", "sale_id,item\n3,tea\n,\n,\n")
    load(home, TILL)
    found = home.warehouse("select sale_id, _line from raw_till.sales order by all")
    assert found == [("1", 2), ("2", 5), ("3", 2)]
    assert rejects(home) == [(7, "type", "sale_id is missing")]
    assert_accounted(home, TILL)


def test_headings_as_people_make_them(home: Home) -> None:
    """Twice, none, on two lines, and with a name that DuckDB has itself."""
    home.deliver(
        "till/sales/a.csv",
        'Sale_ID,item,item,"Paid\nby ""card""",,RowID,Error\n'
        "1,tea,green,yes,x,77,none\n2,milk,white,no,y,78,none\n",
    )
    home.deliver(
        "till/sales/b.json", '{"sale_id": "3", "rowid": 79, "line": "z", "_raw": 1}\n'
    )
    assert load(home, TILL).messages == []
    assert home.warehouse(
        "select sale_id, item, item_2, paid_by_card, unnamed, column_rowid, error,"
        " line, raw, _line from raw_till.sales order by sale_id"
    ) == [
        ("1", "tea", "green", "yes", "x", "77", "none", None, None, 2),
        ("2", "milk", "white", "no", "y", "78", "none", None, None, 3),
        ("3", None, None, None, None, "79", None, "z", "1", 1),
    ]


def test_a_currency_in_a_key_of_json_is_read(home: Home) -> None:
    text = '{"Reporting starts": "2026-01-31", "Campaign ID": 7, "%s (%s)": 1.5}\n'
    home.deliver("meta_ads/campaigns/a.json", text % ("Amount spent", "EUR"))
    home.deliver("meta_ads/campaigns/b.json", text % ("Amount spent", "USD") + "bad\n")
    load(home, meta_ads.SOURCE)
    assert home.warehouse(
        "select amount_spent, currency from raw_meta_ads.campaigns order by 2"
    ) == [("1.5", "EUR"), ("1.5", "USD")]


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_packed_files_may_be_several_and_must_be_whole(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    text = HEAD + "1,tea,1,1.50,\n"
    packed = pack(text.encode()) + pack(b"2,milk,2,2.50,\n")
    assert rows(read(packed, tmp_path), "sale_id") == [("1",), ("2",)]
    assert "the archive is cut off" in refusal_of(packed[:-5], tmp_path)


def refusal_of(content: bytes, folder: Path) -> str:
    with pytest.raises(readers.Refused) as refused:
        read(content, folder)
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[{"sale_id": "1"}, {"sale_id"', "the JSON array cannot be read"),
        (
            (HEAD + "1,tea,1,,\n").encode("utf-16")[:-1],
            "the file is UTF-16 but damaged",
        ),
        (b"PK\x03\x04 and no workbook", "the file is a zip archive"),
    ],
)
def test_damaged_packages_are_named(
    tmp_path: Path, content: bytes, message: str
) -> None:
    assert message in refusal_of(content, tmp_path)


def test_german_text_in_quotes_is_windows_1252(tmp_path: Path) -> None:
    """ß and a closing quote together look like a letter in UTF-8."""
    text = HEAD + "1,„Spaß“,1,1.50,\n2,Käse – 5 €,2,2.50,\n"
    reading = read(text.encode("cp1252"), tmp_path)
    assert rows(reading, "item") == [("„Spaß“",), ("Käse – 5 €",)]
    assert reading.steps == ("windows-1252",)
    more = "".join(f"{n},Größe „MENÜ“,2,2.50,\n" * (n < 5) for n in range(9))
    more += "".join(f"{n},Größe,2,2.50,\n" for n in range(9, 99))
    reading = read((text + more).encode("cp1252"), tmp_path)
    assert (reading.rows_read, reading.rejects) == (97, [])


# --- How numbers, days and money are written.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,50", "1234.50"), ("1,234.50", "1234.50"), ("1.234.567", "1234567"),
        ("1,234,567", "1234567"), ("12,34,567.50", "1234567.50"),
        ("1 234,56", "1234.56"), ("1\u202f234,56", "1234.56"), ("0,5", "0.5"),
        ("1\u00a0234.56", "1234.56"), ("1'234.50", "1234.50"), ("1’234.50", "1234.50"),
        ("(12.50)", "-12.50"), ("12,50-", "-12.50"), ("−5.25", "-5.25"),
        ("€ 1.234,50", "1234.50"), ("1.234,50 €", "1234.50"), ("-$5.10", "-5.10"),
        ("EUR 5.10", "5.10"), ("5,10 kr.", "5.10"), ("R$ 1.234,50", "1234.50"),
        ("1e2", "1e2"), ("\t1.50 ", "1.50"), ("12", "12"),
        ("--", None), ("n/a", None), ("-", None), ("#N/A", None), ("", None),
        ("  ", None),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_meant(
    tmp_path: Path, text: str, value: str | None
) -> None:
    reading = read(column("price", text), tmp_path)
    assert rows(reading, "price") == [(value,)]
    assert reading.rejects == []


@pytest.mark.parametrize("text", ["1,2,3", "1.5.2026", "12 %", "1 23", "12,5 x", "1_5"])
def test_what_is_no_number_is_quarantined(tmp_path: Path, text: str) -> None:
    [reject] = read(column("price", text), tmp_path).rejects
    assert reject.error == "price is not a number"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("31.01.2026", "2026-01-31 00:00:00"), ("31/01/26 9:05", "2026-01-31 09:05:00"),
        ("31-1-2026 09:05:07", "2026-01-31 09:05:07"),
        ("1/31/2026 2:05 PM", "2026-01-31 14:05:00"),
        ("1/31/2026, 12:05:09\u202fAM", "2026-01-31 00:05:09"),
        ("31 Jan 2026", "2026-01-31 00:00:00"), ("Jan 31, 2026", "2026-01-31 00:00:00"),
        ("2026-01-31T14:05:07Z", "2026-01-31 14:05:07"),
        ("2026-01-31 14:05:07 UTC", "2026-01-31 14:05:07"),
        ("2026-01-31T14:05:07+02:00", "2026-01-31 12:05:07"),
        ("2026-01-31T14:05+02:00", "2026-01-31 12:05:00"),
        ("2026-01-31 22:05:07.250-0530", "2026-02-01 03:35:07.25"),
        ("2026-01-31 01:05:07+02", "2026-01-30 23:05:07"), ("N/A", None),
    ],
)  # fmt: skip
def test_a_time_is_read_as_it_is_meant(
    home: Home, tmp_path: Path, text: str, value: str | None
) -> None:
    reading = read(column("sold_at", text), tmp_path)
    assert reading.rejects == []
    assert rows(reading, "cast(cast(sold_at as timestamp) as varchar)") == [(value,)]


def test_offsets_become_utc_also_where_nothing_else_is_wrong(home: Home) -> None:
    home.deliver("till/sales/a.csv", HEAD + "1,tea,1,1,2026-01-31T00:30:00+02:00\n")
    home.deliver("till/sales/b.csv", HEAD + "2,tea,1,1,2026-01-31 23:30:00-0500\n")
    load(home, TILL)
    assert home.warehouse(
        "select cast(sold_at as timestamp) from raw_till.sales order by sale_id"
    ) == [(at("2026-01-30 22:30:00"),), (at("2026-02-01 04:30:00"),)]


def test_days_that_may_be_read_in_two_ways_are_refused(tmp_path: Path) -> None:
    said = refusal(column("sold_at", "03/04/2026", "05/06/2026 10:00"), tmp_path)
    assert "whether 03/04/2026 is in March or in April cannot be told" in said
    assert "none of the 2 days of sold_at shows it" in said
    assert "day_first or month_first to decisions/files.csv" in said


def test_numbers_that_may_be_read_in_two_ways_are_refused(tmp_path: Path) -> None:
    for content in (column("price", "1.234"), column("price", "1,234", delimiter=",")):
        said = refusal(content, tmp_path)
        assert "whether 1.234 and 1,234 are thousands cannot be told" in said
        assert "decimal_comma or decimal_point to decisions/files.csv" in said


def test_evidence_against_evidence_is_refused(tmp_path: Path) -> None:
    days = column("sold_at", *["31/01/2026"] * 60, *["01/31/2026"] * 40)
    assert "60 days of sold_at begin with the day and 40" in refusal(days, tmp_path)
    numbers = column("price", *["1,50"] * 60, *["1.50"] * 40)
    said = refusal(numbers, tmp_path)
    assert "60 numbers have a decimal comma and 40 a decimal point" in said


@pytest.mark.parametrize(
    ("name", "usual", "slip", "read_as"),
    [
        ("price", "1,50", "2.75", ("decimal comma",)),
        ("price", "1.50", "2,75", ()),
        ("price", "1 234,50", "12.5", ("decimal comma",)),
        ("sold_at", "31/01/2026", "01/31/2026", ("day first",)),
        ("sold_at", "01/31/2026 2:05 PM", "31/01/2026", ("month first",)),
    ],
)
def test_a_slip_is_quarantined(
    tmp_path: Path, name: str, usual: str, slip: str, read_as: tuple[str, ...]
) -> None:
    reading = read(column(name, *[usual] * 300, slip), tmp_path)
    assert reading.rows_loaded == 300
    assert [reject.line for reject in reading.rejects] == [302]
    assert reading.steps == read_as


def test_a_decision_is_kept(home: Home) -> None:
    """Also where the file would load without it, and mean another thing."""
    cases = [
        ("day_first", "sold_at", "03/04/2026", "2026-04-03"),
        ("month_first", "sold_at", "04/03/2026", "2026-04-03"),
        ("decimal_comma", "price", "1.234", "1234"),
        ("decimal_point", "price", "1,234", "1234"),
    ]
    decided = ["\ufeffpath,decision,by"]
    for decision, name, text, _ in cases:
        for file, texts, delimiter in (("a", [text], ","), ("b", [text, text], ";")):
            path = f"till/sales/{decision} {file}.csv"
            home.deliver(path, column(name, *texts, delimiter=delimiter))
            decided.append(f"{path},{decision},Ann")
    folder = home.path / "decisions"
    folder.mkdir()
    (folder / "files.csv").write_text("\n".join(decided))
    assert load(home, TILL).messages == []
    for decision, name, _, value in cases:
        assert home.warehouse(
            f"select distinct {name} from raw_till.sales inner join raw_ledger.files"
            f" on _file_id = file_id where contains(path, '{decision}')"
        ) == [(value,)]


def test_a_refused_file_waits_for_its_decision(home: Home) -> None:
    home.deliver("till/sales/a.csv", column("sold_at", "03/04/2026"))
    [message] = load(home, TILL).messages
    assert message.startswith("till/sales/a.csv: refused: whether 03/04/2026 is in")
    assert load(home, TILL).messages == []
    file = home.path / "decisions" / "files.csv"
    file.parent.mkdir()
    file.write_text("path,decision\ntill/sales/a.csv,day_first\n")
    assert load(home, TILL).messages == []
    assert home.warehouse("select sold_at from raw_till.sales") == [("2026-04-03",)]


@pytest.mark.parametrize("line", ["till/sales/a.csv,metric", "till/sales/a.csv", ",x"])
def test_an_unknown_decision_is_named_with_its_line(home: Home, line: str) -> None:
    home.deliver("till/sales/a.csv", HEAD + "1,tea,1,1,\n")
    file = home.path / "decisions" / "files.csv"
    file.parent.mkdir()
    file.write_text(f"path,decision\n\ntill/sales/a.csv,day_first\n\n{line}\n")
    with pytest.raises(
        ValueError, match=r"decisions/files\.csv line 5: expected a path"
    ):
        load(home, TILL)


def test_a_currency_in_the_amounts_fills_a_missing_column(tmp_path: Path) -> None:
    def found(*amounts: str, head: str = DEAL_HEAD) -> list[tuple]:
        lines = (f'{n},Deal,won,"{amount}"\n' for n, amount in enumerate(amounts))
        reading = read(f"{head}\n" + "".join(lines), tmp_path, DEALS)
        return rows(reading, *["currency"] * ("currency" in reading.column_names))

    assert found("€1,234.50", "1.50") == [("EUR",), ("EUR",)]
    assert found("€1,234.50", "EUR 1.50", "--") == [("EUR",)] * 3
    assert found("US$1.50", "2.50 USD") == [("USD",)] * 2
    assert found("CHF 1'234.50") == [("CHF",)]
    assert len(found("1.50", "TBD")[0]) > 1  # no currency is made of a word
    assert len(found("$1.50")[0]) > 1  # of many countries
    several = f'{DEAL_HEAD}\n1,Deal,won,"€1.50"\n2,Deal,won,"£1.50"\n'
    said = refusal(several, tmp_path, DEALS)
    assert "its amounts are in several currencies and no column says which" in said
    known = several.replace("Amount", "Currency,Amount").replace("won,", "won,CHF,")
    assert rows(read(known, tmp_path, DEALS), "currency", "amount") == [
        ("CHF", "1.50"),
        ("CHF", "1.50"),
    ]


def test_the_sums_of_a_report_are_no_rows(
    home: Home, tmp_path: Path, staging: dict[str, str]
) -> None:
    """The same campaigns in English and in German, with sums below and a footer."""
    other = Home(tmp_path / "other")
    home.deliver(
        "google_ads/campaigns/a.csv",
        "Campaign report\nAll time\nDay,Campaign ID,Currency code,Impr.,Clicks,Cost\n"
        '2026-01-31,7,EUR,"1,200",30,"1,012.50"\n2026-02-01,7,EUR,--,0,0.00\n'
        'Total: Account, --,EUR,"1,200",30,"1,012.50"\n'
        'Total: Campaigns, --,EUR,"1,200",30,"1,012.50"\n',
    )
    other.deliver(
        "google_ads/campaigns/a.csv",
        "Kampagnenbericht\nGesamter Zeitraum\n"
        "Tag;Kampagnen-ID;Währungscode;Impressionen;Klicks;Kosten\n"
        "31.01.2026;7;EUR;1.200;30;1.012,50 €\n01.02.2026;7;EUR;--;0;0,00 €\n"
        "Gesamt: Konto;--;EUR;1.200;30;1.012,50 €\nGesamt: 2 Zeilen\n",
    )
    found = []
    for each in (home, other):
        assert load(each, google_ads.SOURCE).messages == []
        found.append(staged(each, staging, "stg_google_ads__campaign_days"))
    assert found[0] == found[1]
    assert len(found[0]) == 2


def test_every_table_tells_a_row_from_no_row() -> None:
    """What is no row has nothing in any column, and is found out by that."""
    for source in all_sources():
        for table in source.tables:
            assert table.any_of or any(c.required for c in table.columns), table.name


# --- The record of files.


def test_the_record_says_how_a_file_was_read(home: Home) -> None:
    text = HEAD + "1,Käse,1,1.50,2026-01-31\n"
    german_text = "sale_id;item;price;sold_at\n2;Käse;1,50;31.01.2026\n"
    delivered = {
        "a.csv": (text.encode(), ""),
        "b.csv": (
            german_text.encode("cp1252"),
            "windows-1252, decimal comma, day first",
        ),
        "c.csv": (german_text.encode("utf-16"), "utf-16, decimal comma, day first"),
        "d.gz": (gzip.compress(text.replace("1,K", "6,K").encode()), "gzip"),
        "e.gz": (
            gzip.compress(german_text.replace("2;K", "7;K").encode()),
            "gzip, decimal comma, day first",
        ),
        "f.zst": (zstd(b"\n" + text.encode()), "zstd"),
        "g.xlsx": (workbook([["sale_id"], ["3"]]), "xlsx"),
        "h.json": (b'[{"sale_id": "4"}]', "json array"),
        "i.csv": (b"sale_id,sold_at\n5,1/31/2026 2:05 PM\n", "month first"),
    }
    for name, (content, _) in delivered.items():
        home.deliver(f"till/sales/{name}", content)
    assert load(home, TILL).messages == []
    said = home.warehouse("select path, read_as from raw_ledger.files")
    assert dict(said) == {
        f"till/sales/{n}": words for n, (_, words) in delivered.items()
    }


def deals(numbers: range, name: str = "Deal") -> str:
    lines = (f"{n},{name} {n},won,1.50\n" for n in numbers)
    return f"{DEAL_HEAD}\n" + "".join(lines)


def test_a_full_export_replaces_the_one_before(
    home: Home, staging: dict[str, str]
) -> None:
    def standing() -> list[str]:
        names = "deal_id, deal_name, is_current"
        found = staged(home, staging, "stg_hubspot__deals", names)
        return [f"{number} {name}" for number, name, counts in found if counts]

    hubspot_deals = "hubspot/deals/"
    january = home.deliver(f"{hubspot_deals}january.csv", deals(range(10), "Old"))
    load(home, hubspot.SOURCE)
    assert len(standing()) == 10
    home.deliver(f"{hubspot_deals}february.csv", deals(range(1, 10), "New"))
    load(home, hubspot.SOURCE)
    assert standing() == [f"{n} New {n}" for n in range(1, 10)]

    january.rename(january.with_name("zebra.csv"))
    load(home, hubspot.SOURCE)
    assert standing() == [f"{n} New {n}" for n in range(1, 10)]

    home.deliver(f"{hubspot_deals}february.csv", deals(range(1, 5), "Cut"))
    [message] = load(home, hubspot.SOURCE).messages
    assert message.startswith(f"{hubspot_deals}february.csv: held back: this full")
    assert "has 4 rows, the one before had 9" in message
    assert "accept_smaller to decisions/files.csv" in message
    assert load(home, hubspot.SOURCE).messages == []
    assert standing() == [f"{n} New {n}" for n in range(1, 10)]

    file = home.path / "decisions" / "files.csv"
    file.parent.mkdir()
    file.write_text(f"path,decision\n{hubspot_deals}february.csv,accept_smaller\n")
    assert load(home, hubspot.SOURCE).messages == []
    assert standing() == [f"{n} Cut {n}" for n in range(1, 5)]
    assert_accounted(home, hubspot.SOURCE)


def test_bytes_that_come_twice_share_one_fate(home: Home) -> None:
    """A copy of a refused file once counted as its repeat, and was never looked at."""
    content = column("sold_at", "03/04/2026", delimiter=",")
    for name in "ab":
        home.deliver(f"till/sales/{name}.csv", content)
        home.deliver(f"till/sales/good {name}.csv", HEAD + "\n1,tea,x,1,\n\n2,,1,1,\n")
    assert len(load(home, TILL).messages) == 3
    assert sorted(looks(home)) == [
        ("till/sales/a.csv", "refused", 0, 0),
        ("till/sales/b.csv", "refused", 0, 0),
        ("till/sales/good a.csv", "loaded", 2, 1),
        ("till/sales/good b.csv", "repeated", 2, 0),
    ]
    assert load(home, TILL).messages == []
    assert_accounted(home, TILL)


# --- Server logs.

WHEN = "[31/Jan/2026:14:05:00 +0100]"
APACHE = [
    f'shop.example:443 203.0.113.7, 10.0.0.1 - - {WHEN} "GET /a?b=1 HTTP/1.1" 200 1 "-"'
    ' "Agent/1 \\"x\\""',
    f'203.0.113.7, 10.0.0.1, 10.0.0.2 - bob {WHEN} "post / HTTP/1.1" 200 1',
    f'2001:db8::1 - - {WHEN} "-" 408 - "-" "-"',
    f'shop.example 10.0.0.1 - - {WHEN} "GET /b HTTP/1.1" 200 1 "-" "A"'
    ' "198.51.100.1, 10.0.0.2"',
    f'10.0.0.1 - - {WHEN} "GET /c HTTP/1.1" 200 1 "-" "A" "-"',
]
NGINX = [
    '{"time_iso8601": "2026-01-31T14:05:00+01:00", "remote_addr": "10.0.0.1",'
    ' "request": "GET /a?b=1 HTTP/1.1", "status": 200, "body_bytes_sent": "12",'
    ' "http_user_agent": "A", "http_x_forwarded_for": "2001:db8::1, 10.0.0.9"}',
    '{"time_iso8601": "2026-01-31T13:05:00Z", "remote_addr": "10.0.0.1",'
    ' "request_method": "POST", "request_uri": "/b", "status": "500",'
    ' "http_user_agent": "-", "http_x_forwarded_for": "-", "server_name": "shop"}',
]
FIELDS = (
    "#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent)"
    " sc-status x-forwarded-for"
)
W3C = [
    "#Software: Internet Information Services",
    FIELDS,
    '2026-01-31 13:05:00 GET /a b=1 10.0.0.1 A/5.0+(X;+Y) 200 "198.51.100.1, 10.0.0.2"',
    '2026-01-31 13:05:00 GET /b - 2001:db8::1 "A B" 404 -',
    "#Date: 2026-02-01 00:00:00",
    f"{FIELDS}  ",
    "2026-01-31 13:05:00 - - - ::1 - 400 -",
]


def visitor(client: str, agent: str = "") -> str:
    return hashlib.md5(f"{client}|{agent}".encode()).hexdigest()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            APACHE,
            [
                (200, "GET", "/a?b=1", "/a", "shop.example:443",
                 visitor("203.0.113.7", 'Agent/1 \\"x\\"')),
                (200, "GET", "/b", "/b", "shop.example", visitor("198.51.100.1", "A")),
                (200, "GET", "/c", "/c", None, visitor("10.0.0.1", "A")),
                (200, "POST", "/", "/", None, visitor("203.0.113.7")),
                (408, None, None, None, None, visitor("2001:db8::1")),
            ],
        ),
        (
            NGINX,
            [
                (200, "GET", "/a?b=1", "/a", None, visitor("2001:db8::1", "A")),
                (500, "POST", "/b", "/b", "shop", visitor("10.0.0.1")),
            ],
        ),
        (
            W3C,
            [
                (200, "GET", "/a?b=1", "/a", None,
                 visitor("198.51.100.1", "A/5.0 (X; Y)")),
                (400, None, None, None, None, visitor("::1")),
                (404, "GET", "/b", "/b", None, visitor("2001:db8::1", "A B")),
            ],
        ),
    ],
)  # fmt: skip
def test_every_kind_of_log_gives_requests(
    home: Home, staging: dict[str, str], lines: list[str], expected: list[tuple]
) -> None:
    home.deliver("web_logs/access/access.log", "\r\n".join(lines))
    assert load(home, web_logs.SOURCE).messages == []
    names = "status_code, method, target, path, virtual_host, visitor_id, requested_at"
    found = staged(home, staging, "stg_web_logs__requests", names)
    assert [row[:-1] for row in found] == expected
    assert {row[-1] for row in found} == {at("2026-01-31 13:05:00")}
    assert_accounted(home, web_logs.SOURCE)


def test_junk_in_a_log_costs_its_lines(home: Home) -> None:
    junk = [
        b"\x16\x03\x01\0\xee", b'10.0.0.1 - - "GET /caf\xe9', b"half\ra line", b"plain",
        "ünï".encode() + b"\xff\xc3", b'10.0.0.1 - - [31/Jan/2026] "GET /" 200 1',
    ]  # fmt: skip
    lines = [line for bad in junk for line in (bad, APACHE[2].encode(), b"")]
    home.deliver("web_logs/access/access.log", b"\n".join(lines))
    load(home, web_logs.SOURCE)
    found = home.warehouse("select line, rule, raw from raw_ledger.rejects order by 1")
    assert found == [
        (1, "encoding", "\x16\x03\x01\\x00\\xee"),
        (4, "encoding", '10.0.0.1 - - "GET /caf\\xe9'),
        (7, "encoding", "half\\ra line"),
        (10, "format", "plain"),
        (13, "encoding", "ünï\\xff\\xc3"),
        (16, "format", junk[5].decode()),
    ]
    lines_loaded = home.warehouse("select _line from raw_web_logs.access order by 1")
    assert lines_loaded == [(n,) for n in (2, 5, 8, 11, 14, 17)]
    assert_accounted(home, web_logs.SOURCE)


def test_each_line_of_a_log_is_read_by_the_columns_above_it(tmp_path: Path) -> None:
    """The collector of open-telemetry, contrib issue 18198, reads all by the first."""
    fields = "#Fields: date time c-ip cs-method sc-status\n"
    more = "2026-01-31 13:05:00 10.0.0.1 GET 200\n" * 40
    assert read(fields + more + fields, tmp_path, ACCESS).rows_read == 40
    changed = "#Fields: date  time sc-status c-ip cs(User-Agent)\n"
    later = "2026-01-31 13:06:00 404 10.0.0.2 Mozilla/5.0+(X11)\n"
    reading = read(
        fields + more + changed + later + "half a line\n" + fields + more,
        tmp_path,
        ACCESS,
    )
    assert (reading.rows_read, reading.rows_loaded) == (82, 81)
    [reject] = reading.rejects
    assert (reject.line, reject.raw) == (44, "half a line")
    assert reject.error == "not a line as the `#Fields:` above it say"
    names = "requested_at, remote_host, method, status, user_agent, _line"
    found = duckdb.sql(f"select {names} from ({reading.select})").fetchall()
    early = ("2026-01-31 13:05:00", "10.0.0.1", "GET", "200", None)
    assert found[0] == (*early, 2)
    assert found[40] == (
        *("2026-01-31 13:06:00", "10.0.0.2", None, "404", "Mozilla/5.0 (X11)"),
        43,
    )
    assert found[-1] == (*early, 85)


def test_a_log_that_does_not_say_its_columns_is_refused(tmp_path: Path) -> None:
    fields = "#Fields: date time c-ip cs-method sc-status\n"
    more = "2026-01-31 13:05:00 10.0.0.1 GET 200\n" * 40
    said = refusal(fields.replace(" time", ""), tmp_path, ACCESS)
    assert "without time" in said
    assert "no `#Fields:` line" in refusal("#Version: 1.0\n" + more, tmp_path, ACCESS)


# --- What is loaded before it is checked is what checking gives.

EVENTS = Table(
    "events",
    "events/*",
    (
        Column("message_id", required=True, headings=("$.id",)),
        Column("number", "integer", headings=("$.n", "$.properties.n")),
        Column("occurred_at", "timestamp", headings=("$.at",)),
        Column("properties", headings=("$.properties",)),
    ),
    format="json_lines",
)
MIXED = Source("mixed", "Three kinds of files.", (SALES, EVENTS, ACCESS))
TIMES = [
    "2026-01-31", "2026-01-31T10:00:00Z", "2026-1-1 9:00:00", "", "n/a",
    "2026-01-31 10:00:00+02:00", "2026-01-31 23:00:00.5 -0500", " 2026-01-31",
]  # fmt: skip
NUMBERS = ["7", " 7", "+7", "007", "7.0", "-0", "1e3", "", "--", "1,200", "0x10", "1_0"]


def random_csv(chosen: random.Random, is_clean: bool) -> bytes:
    items = ["tea", 'a "b"', "x, y", "x\n\ny", "ü", "", " ", "--"]
    lines = [HEAD.encode()]
    for n in range(chosen.randrange(1, 30)):
        cells = [
            f"s{n}",
            chosen.choice(items),
            chosen.choice(NUMBERS[:1] * 9 + NUMBERS),
        ]
        cells += [chosen.choice(NUMBERS[:10]), chosen.choice(TIMES[:2] * 9 + TIMES)]
        quoted = ('"' + cell.replace('"', '""') + '"' for cell in cells)
        line = ",".join(
            q if set(cell) & set(',"\n') or chosen.random() < 0.2 else cell
            for q, cell in zip(quoted, cells, strict=True)
        ).encode()
        if not is_clean and chosen.random() < 0.2:
            line = chosen.choice(
                [
                    *(b"", b",,,,", b"short", line + b",more", b"s,\xff,1,1,"),
                    *(b's,27" tv,1,1,\nt,24" tv,1,1,', b's,"a"b,1,1,', b",tea,1,1,"),
                    *(b"s,tea,many,1,", b"s,tea,1.5,1,", b"s,tea,1,1,someday"),
                ]
            )
        lines.append(line + b"\n")
    return b"".join(lines)


def random_json_lines(chosen: random.Random, is_clean: bool) -> bytes:
    lines = []
    for n in range(chosen.randrange(1, 30)):
        record = {"id": f"m{n}", "at": chosen.choice(TIMES[:2] * 9 + TIMES)}
        if chosen.random() < 0.8:
            record["n"] = chosen.choice([1, 1.0, None, "7", *NUMBERS[:5]])
        if chosen.random() < 0.5:
            record["properties"] = {"n": n, "text": "ü\n\u2028\t"}
        line = json.dumps(record, ensure_ascii=chosen.random() < 0.5).encode()
        if not is_clean and chosen.random() < 0.2:
            line = chosen.choice(
                [b"", b"[]", b"null", b'{"id": ', b'{"id": "\xff"}', b"\r"]
            )
        lines.append(line + chosen.choice([b"\n", b"\r\n"][: 1 + (not is_clean)]))
    return b"".join(lines)


def random_log(chosen: random.Random, is_clean: bool) -> bytes:
    lines = [chosen.choice(APACHE).encode() for _ in range(chosen.randrange(1, 30))]
    for n in range(len(lines)):
        if not is_clean and chosen.random() < 0.2:
            lines[n] = chosen.choice([b"", b"junk", b"\xff\0", b"a\rb", lines[n][:50]])
    return chosen.choice([b"\n", b"\r\n"]).join(lines)


def random_files(seed: int) -> Iterator[tuple[str, Table, bytes]]:
    """Of three tables; each fourth is dirty, the others as exports are."""
    writers = {"sales": random_csv, "events": random_json_lines, "access": random_log}
    for n in range(20):
        chosen = random.Random(seed * 20 + n)
        table = chosen.choice(MIXED.tables)
        content = writers[table.name](chosen, is_clean=n % 4 != 3)
        content = gzip.compress(content) if chosen.random() < 0.2 else content
        yield f"mixed/{table.name}/{n:02}", table, content


@pytest.mark.parametrize("seed", range(3))
def test_what_is_loaded_first_is_what_checking_gives(
    home: Home, tmp_path: Path, seed: int
) -> None:
    """Sixty files in three loads: rows, lines, counts and quarantine are the same."""
    files = {path: content for path, _, content in random_files(seed)}
    for path, content in files.items():
        home.deliver(path, content)
    load(home, MIXED)
    assert_as_by_themselves(home, MIXED, files, tmp_path)


def test_inch_signs_hide_no_broken_row(home: Home) -> None:
    """Two signs enclose a line break; with a row too few, the count was right again."""
    home.deliver(
        "till/sales/a.csv",
        HEAD + '1,27" tv,1,1,\n2,24" tv,1,1,\n3,short\n4,tea,1,1,\n',
    )
    load(home, TILL)
    assert home.warehouse("select sale_id, _line from raw_till.sales order by 1") == [
        ("1", 2),
        ("2", 3),
        ("4", 5 - 1),
    ]
    assert [(line, rule) for line, rule, _ in rejects(home)] == [(4, "missing columns")]
    assert_accounted(home, TILL)


def test_rows_have_their_lines_in_three_hundred_files(home: Home) -> None:
    """In two jobs, with lines above the headings here and a bad row there."""
    for n in range(300):
        above = "Sales of the day\n" * (n % 3)
        lines = "".join(f"{n},tea,{i},1,\n" for i in range(n % 7 + 1))
        bad = "bad,tea,many,1,\n" * (n % 50 == 0)
        home.deliver(f"till/sales/{n:03}.csv", above + HEAD + bad + lines)
    load(home, TILL)
    found = home.warehouse(
        "select sale_id, pieces, _line from raw_till.sales"
        " order by cast(sale_id as int), cast(pieces as int)"
    )
    assert found == [
        (str(n), str(i), 2 + n % 3 + (n % 50 == 0) + i)
        for n in range(300)
        for i in range(n % 7 + 1)
    ]
    assert_accounted(home, TILL)


def test_lines_are_right_where_many_rows_were_taken_out(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB closes the gap that deleted rows leave when it writes its file."""
    connect = raw.connect

    def connect_and_write_often(settings) -> duckdb.DuckDBPyConnection:
        connection = connect(settings)
        connection.execute("set checkpoint_threshold = '1KB'")
        return connection

    monkeypatch.setattr(raw, "connect", connect_and_write_often)
    # More than DuckDB keeps in one group of rows.
    head = "sale_id,item\n"
    bad = "".join(f"{n},\n" for n in range(123_000)) + "short\n"
    good = "".join(f"{n},tea\n" for n in range(1000))
    home.deliver("till/sales/a.csv", head + bad)
    home.deliver("till/sales/b.csv", head + good)
    till = replace(TILL, tables=(replace(SALES, columns=SALES.columns[:2]),))
    assert load(home, till).rows_loaded == {"sales": 124_000}
    assert home.warehouse(
        "select item, min(above), max(above) from (select item,"
        " _line - cast(sale_id as int) as above from raw_till.sales)"
        " group by item order by item"
    ) == [("tea", 2, 2), (None, 2, 2)]


# --- Too wide, too long, too many.


def test_many_dirty_files_of_a_wide_table_are_loaded(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes memory while it is checked: all of one job at once."""
    monkeypatch.setattr(raw, "_CHECKED_FILES_PER_JOB", 5)
    head = ",".join(c.name for c in shop.SOURCE.tables[1].columns)
    row = "1,a,paid,web,EUR,{},1,1,1,1.50,2026-01-01,2026-01-01"
    for n in range(20):
        lines = [head, f"{n}," + row.format(1), f"{n}x," + row.format("many"), ""]
        home.deliver(f"shop/orders/{n}.csv", "\n".join(lines))
    settings = Settings(home=home.path, load_memory_limit="250MB")
    loaded = load_source(settings, shop.SOURCE, date(2026, 7, 1))
    assert (loaded.rows_loaded["orders"], loaded.rows_quarantined) == (20, 20)


def wide(count: int, first: str = "sale_id") -> str:
    names = ",".join([first, *(f"Column {n}" for n in range(1, count))])
    lines = (",".join(f"{line}{n:04}" for n in range(count)) for line in (1, 2))
    return "\n".join([names, *lines])


def test_a_file_of_many_columns_is_loaded(home: Home) -> None:
    home.deliver("till/sales/a.csv", wide(1050) + "\nshort")
    assert load(home, TILL).rows_quarantined == 1
    assert home.warehouse(
        "select sale_id, column_1049 from raw_till.sales order by all"
    ) == [("10000", "11049"), ("20000", "21049")]


LOG = LOG_LINE.format(0, "a").encode()
LONG = b"x" * 3_000_000


@pytest.mark.parametrize(
    ("table", "good"),
    [
        (EVENTS, b'{"id": "1"}\n'),
        (ACCESS, LOG),
        (SALES, b'{"sale_id": "1"}\n'),
        (SALES, HEAD.encode() + b"1,tea,1,1,\n"),
        (SALES, HEAD.encode() + b"1,tea,1,1,\n\n"),
    ],
)
def test_a_line_of_megabytes_loses_only_itself(
    tmp_path: Path, table: Table, good: bytes
) -> None:
    last = good.rstrip().rpartition(b"\n")[2]
    reading = read(good + last[:9] + LONG + b"\n" + last + b"\n", tmp_path, table)
    assert (reading.rows_loaded, len(reading.rejects)) == (2, 1)
    assert len(reading.rejects[0].raw) <= 10_000


PEAK = """
import sys
from datetime import date
from pathlib import Path
from ingestion.files.load import load_source
from ingestion.settings import Settings
from ingestion.sources import all_sources
[source] = [source for source in all_sources() if source.name == sys.argv[2]]
loaded = load_source(Settings(home=Path(sys.argv[1])), source, date(2026, 7, 1))
print(*loaded.messages, sep="\\n")
print(sum(loaded.rows_loaded.values()), loaded.rows_quarantined)
# What getrusage says begins with the memory of the process that called this one.
[peak] = [s for s in Path("/proc/self/status").open() if s.startswith("VmHWM")]
print(int(peak.split()[1]) // 1024)
"""


def load_apart(home: Home, source: str) -> tuple[str, str, int]:
    """Messages, rows loaded and quarantined, and the most memory it took, in MB."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(home.path), source],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *messages, counts, peak = done.stdout.splitlines()
    return "\n".join(messages), counts, int(peak)


def deliver_long_line(home: Home, path: str, good: bytes, megabytes: int) -> None:
    """Good rows, a line of x without end, and the last good row once more."""
    last = good.rstrip().rpartition(b"\n")[2]
    with gzip.open(home.deliver(path, b""), "wb", compresslevel=1) as out:
        out.write(good + last[:9])
        for _ in range(megabytes):
            out.write(b"x" * 1_000_000)
        out.write(b"\n" + last + b"\n")


def test_a_packed_line_of_sixty_megabytes_loses_only_itself(home: Home) -> None:
    deliver_long_line(home, "web_logs/access/a.gz", LOG, 60)
    said, counts, peak = load_apart(home, "web_logs")
    assert "the line is longer than 2,000,000 bytes" in said
    assert counts == "2 1"
    assert peak < 1000


@pytest.mark.parametrize(
    ("path", "good", "expected"),
    [
        ("web_events/events/a.gz", (EVENT % (1, KNOWN)).encode(), "2 1"),
        ("web_logs/access/a.gz", LOG, "2 1"),
        ("hubspot/contacts/a.gz", b'{"Record ID": 1, "Email": "a"}\n', "2 1"),
        ("hubspot/contacts/a.gz", b"Record ID,Email\n1,a@example.com\n", "0 0"),
    ],
)
def test_a_line_of_two_gigabytes_takes_little_memory(
    home: Home, path: str, good: bytes, expected: str
) -> None:
    """It loses only itself, but for CSV, where the file is refused."""
    deliver_long_line(home, path, good, 2200)
    said, counts, peak = load_apart(home, path.partition("/")[0])
    assert counts == expected
    assert said.startswith(f"{path}: ")
    assert peak < 2000


def test_a_file_of_five_thousand_columns_takes_little_memory(home: Home) -> None:
    """Added one by one, its columns took seven gigabytes."""
    text = wide(5000, "Record ID").replace("Column 1,", "Email,")
    home.deliver("hubspot/contacts/a.csv", text)
    said, counts, peak = load_apart(home, "hubspot")
    assert (said, counts) == ("", "2 0")
    assert peak < 2000
