"""Landing files become raw rows once, whatever their names, order and dialect."""

import csv
import io
import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingestion.files import readers
from ingestion.files.load import Loaded, load_source
from ingestion.settings import Settings
from ingestion.sources import google_ads, meta_ads, shop, web_events, web_logs
from ingestion.tables import Column, Source, Table
from tests.conftest import Home

SALES = Table(
    "sales",
    "sales/*",
    (
        Column("sale_id", required=True),
        Column("item"),
        Column("pieces", "integer", headings=("Pieces sold",)),
        Column("sold_at", "timestamp"),
    ),
)
TILL = Source("till", "What a till wrote.", (SALES,))
HEAD = "sale_id,item,pieces,sold_at\n"
EVENT = '{"messageId": "%s", "type": "track", "timestamp": "2026-01-31T10:00:00Z"%s}\n'
KNOWN = ', "anonymousId": "v1"'
LOG_LINE = '10.0.0.1 - - [31/Jan/2026:14:05:0{} +0000] "GET /{} HTTP/1.1" 200 12\n'


def sales(first: int, last: int, item: str = "tea") -> str:
    rows = (f"{n},{item},{n},2026-01-31 10:00:00\n" for n in range(first, last + 1))
    return HEAD + "".join(rows)


def load(home: Home, source: Source = TILL) -> Loaded:
    return load_source(Settings(home=home.path), source, date(2026, 7, 1))


def sold(home: Home) -> list[tuple]:
    return home.warehouse("select sale_id, item from raw_till.sales order by all")


def looks(home: Home) -> list[tuple]:
    """Every look of the ledger: path, status, rows read and rows loaded."""
    return home.warehouse(
        "select path, status, rows_read, rows_loaded from raw_ledger.files"
        " order by load_id, path"
    )


def rejects(home: Home) -> list[tuple]:
    return home.warehouse(
        "select line, rule, error from raw_ledger.rejects order by line, error"
    )


def newest(home: Home) -> dict[str, str]:
    """The content that stands at each path, as staging picks it."""
    return dict(
        home.warehouse(
            "select path, arg_max(file_id, load_id) from raw_ledger.files group by path"
        )
    )


def contents(home: Home) -> dict[str, str]:
    return dict(home.warehouse("select distinct item, _file_id from raw_till.sales"))


def read(content: str | bytes, folder: Path, table: Table = SALES) -> readers.Reading:
    """What the reader makes of one file, without loading it."""
    path = folder / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with duckdb.connect() as connection:
        plain = readers.unpack(path, table, folder / "plain")
        seen = readers.fingerprint(plain.path)
        return readers.read(connection, plain, table, seen, folder / "plain")


def rows(reading: readers.Reading, *names: str) -> list[tuple]:
    """Its good rows, in order."""
    columns = ", ".join(names or reading.column_names)
    sql = f"select {columns} from ({reading.select}) order by _line"
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


def assert_accounted(home: Home, source: Source = TILL) -> None:
    """Lines read = rows in raw + rows in quarantine + repeats, for every look."""
    for table in source.tables:
        found = home.warehouse(
            "select path, rows_read, rows_loaded, rows_quarantined, rows_repeated,"
            f" (select count(*) from raw_{source.name}.{table.name} as raw"
            "  where raw._file_id = file_id and raw._load_id = files.load_id),"
            " (select count(*) from raw_ledger.rejects"
            "  where rejects.file_id = files.file_id"
            "  and rejects.load_id = files.load_id)"
            f" from raw_ledger.files where table_name = '{table.name}' qualify"
            " load_id = max(load_id) over (partition by file_id, path)"
        )
        for path, read, loaded, quarantined, repeated, in_raw, in_rejects in found:
            assert read == loaded + quarantined + repeated, path
            if not repeated:
                assert (loaded, quarantined) == (in_raw, in_rejects), path
        identified, rows = home.warehouse(
            "select count(distinct (_file_id, _line)), count(*)"
            f" from raw_{source.name}.{table.name}"
        )[0]
        assert identified == rows


def test_an_empty_landing_folder_creates_every_table(home: Home) -> None:
    loaded = load(home, shop.SOURCE)
    assert loaded.files_loaded == 0
    for table in shop.SOURCE.tables:
        assert home.warehouse(f"select count(*) from raw_shop.{table.name}") == [(0,)]
        columns = home.warehouse(f"describe raw_shop.{table.name}")
        assert set(table.column_names) <= {column[0] for column in columns}


def test_the_same_file_again_changes_nothing(home: Home) -> None:
    home.deliver("till/sales/a.csv", sales(1, 3))
    load(home)
    before = sold(home), looks(home)
    again = load(home)
    assert (again.files_loaded, again.messages) == (0, [])
    assert (sold(home), looks(home)) == before
    assert len(before[0]) == 3


def test_a_touched_file_is_noted_and_not_loaded_again(home: Home) -> None:
    file = home.deliver("till/sales/a.csv", sales(1, 3))
    load(home)
    file.touch()
    load(home)
    assert len(sold(home)) == 3
    assert looks(home)[1] == ("till/sales/a.csv", "repeated", 3, 0)


def test_a_renamed_file_is_repeated_and_not_loaded_again(home: Home) -> None:
    file = home.deliver("till/sales/a.csv", sales(1, 3))
    load(home)
    file.rename(file.with_name("b.csv"))
    load(home)
    assert len(sold(home)) == 3
    assert looks(home) == [
        ("till/sales/a.csv", "loaded", 3, 3),
        ("till/sales/b.csv", "repeated", 3, 0),
    ]
    assert_accounted(home)


def test_two_identical_files_in_one_run_are_loaded_once(home: Home) -> None:
    home.deliver("till/sales/a.csv", sales(1, 3))
    home.deliver("till/sales/b.csv", sales(1, 3))
    assert load(home).files_loaded == 1
    assert len(sold(home)) == 3
    assert [status for _, status, _, _ in looks(home)] == ["loaded", "repeated"]
    assert_accounted(home)


def test_a_restated_file_stands_in_place_of_the_first(home: Home) -> None:
    home.deliver("till/sales/a.csv", sales(1, 3, "tea"))
    load(home)
    home.deliver("till/sales/a.csv", sales(1, 2, "coffee"))
    load(home)
    assert [item for _, item in sold(home)] == ["coffee", "tea", "coffee", "tea", "tea"]
    assert newest(home) == {"till/sales/a.csv": contents(home)["coffee"]}
    assert_accounted(home)


def test_a_file_restated_and_taken_back_stands_as_it_first_was(home: Home) -> None:
    for item in ("tea", "coffee", "tea"):
        home.deliver("till/sales/a.csv", sales(1, 3, item))
        load(home)
    assert len(sold(home)) == 6
    assert newest(home) == {"till/sales/a.csv": contents(home)["tea"]}
    assert [status for _, status, _, _ in looks(home)] == [
        "loaded", "loaded", "repeated",
    ]  # fmt: skip
    assert_accounted(home)


def test_what_comes_later_is_newer_though_the_clock_was_set_back(home: Home) -> None:
    home.deliver("till/sales/a.csv", sales(1, 3, "tea"))
    load(home)
    with duckdb.connect(str(home.path / "warehouse.duckdb")) as connection:
        # As if the first load had been while the clock was an hour ahead.
        connection.execute(
            "update raw_ledger.files set loaded_at = loaded_at + interval 1 hour,"
            " load_id = strftime(loaded_at + interval 1 hour, '%Y%m%dT%H%M%S%f');"
            " update raw_till.sales set"
            " _load_id = (select max(load_id) from raw_ledger.files)"
        )
    home.deliver("till/sales/a.csv", sales(1, 3, "coffee"))
    load(home)
    assert newest(home) == {"till/sales/a.csv": contents(home)["coffee"]}
    assert_accounted(home)


def test_a_log_that_grows_is_read_whole_and_stands_once(home: Home) -> None:
    text = "".join(LOG_LINE.format(n, n) for n in range(3))
    home.deliver("web_logs/access/access.log", text)
    load(home, web_logs.SOURCE)
    text += "".join(LOG_LINE.format(n, n) for n in range(3, 8))
    home.deliver("web_logs/access/access.log", text)
    load(home, web_logs.SOURCE)
    [file_id] = newest(home).values()
    requests = home.warehouse(
        f"select request from raw_web_logs.access where _file_id = '{file_id}'"
        " order by _line"
    )
    assert requests == [(f"GET /{n} HTTP/1.1",) for n in range(8)]
    assert_accounted(home, web_logs.SOURCE)


@pytest.mark.parametrize(
    "content",
    [
        "sale_id;item;pieces;sold_at\n1;tea, green;2;2026-01-31\n",
        "sale_id\titem\tpieces\tsold_at\n1\ttea, green\t2\t2026-01-31\n",
        '\ufeffsale_id,item,pieces,sold_at\n1,"tea, green",2,2026-01-31\n',
        '\ufeff"sale_id","item","pieces","sold_at"\r\n1,"tea, green",2,2026-01-31\r\n',
        'Of "us"\n\nsale_id,item,Pieces sold,sold_at\n1,"tea, green",2,2026-01-31',
        'Of 5" us\n\nsale_id,item,pieces,sold_at\n1,"tea, green",2,2026-01-31\n\n',
        "sold_at;PIECES SOLD;item;sale_id\n2026-01-31;2;tea, green;1\n",
        "sale_id|item\nsale_id;item;pieces;sold_at\n1;tea, green;2;2026-01-31\n",
        'sale_id,item,pieces,sold_at\r1,"tea, green",2,2026-01-31\r',
    ],
)
def test_a_csv_is_read_in_the_dialect_it_has(tmp_path: Path, content: str) -> None:
    reading = read(content, tmp_path)
    found = rows(reading, "sale_id", "item", "pieces", "sold_at")
    assert found == [("1", "tea, green", "2", "2026-01-31")]
    assert (reading.rows_read, reading.rejects) == (1, [])


def test_lines_above_the_headings_count_as_lines(tmp_path: Path) -> None:
    reading = read("Sales\nJanuary\n" + sales(1, 2) + "3,tea,x,\n", tmp_path)
    assert rows(reading, "_line") == [(4,), (5,)]
    assert [reject.line for reject in reading.rejects] == [6]


def test_a_row_of_totals_is_kept_and_not_checked(home: Home) -> None:
    home.deliver(
        "google_ads/campaigns/a.csv",
        "Campaign report\nAll time\n"
        "Day,Campaign ID,Campaign,Campaign type,Currency code,Impr.,Clicks,Cost\n"
        '2026-01-31,7,Brand,Search,EUR,"1,200",30,"1,012.50"\n'
        'Total: Account, --, --, --,EUR,"1,200",30,"1,012.50"\n',
    )
    assert load(home, google_ads.SOURCE).rows_quarantined == 0
    assert home.warehouse("select day, cost from raw_google_ads.campaigns") == [
        ("2026-01-31", "1012.50"),
        ("Total: Account", "1012.50"),
    ]


def test_an_unknown_column_is_kept_as_text(home: Home) -> None:
    home.deliver("till/sales/a.csv", "sale_id,Paid By (Card),Größe\n1,007,XL\n")
    load(home)
    home.deliver("till/sales/b.csv", sales(2, 2))
    load(home)
    assert home.warehouse(
        "select sale_id, paid_by_card, gr_e from raw_till.sales order by 1"
    ) == [("1", "007", "XL"), ("2", None, None)]


def test_a_heading_may_be_a_word_of_sql_or_stand_twice(home: Home) -> None:
    """`Error` was once taken for the outcome of the checks, `Group` for a clause."""
    home.deliver(
        "till/sales/a.csv", "sale_id,Group,Error,Order,item,item\n1,a,none,b,c,d\n"
    )
    assert load(home).rows_quarantined == 0
    assert home.warehouse(
        'select "group", error, "order", item, item_2 from raw_till.sales'
    ) == [("a", "none", "b", "c", "d")]


def test_a_column_of_any_name_stops_no_file(home: Home) -> None:
    """Such as those that the loader's own lists have."""
    names = "id,place,first,beyond,start,lines,asked,judged,raw,path,rowid,line,error"
    values = ",".join("x" for _ in names.split(","))
    dirty = f"3,tea,many,2026-01-31 10:00:00,{values}\n"
    head = HEAD.strip() + f",{names}\n"
    good = f"1,tea,1,2026-01-31 10:00:00,{values}\n"
    home.deliver("till/sales/a.csv", head + good)
    home.deliver("till/sales/b.csv", head + good.replace("1,tea", "2,tea") + dirty)
    loaded = load(home)
    assert (loaded.rows_loaded, loaded.rows_quarantined) == ({"sales": 2}, 1)
    home.deliver("till/sales/c.csv", sales(4, 5))
    assert load(home).rows_loaded == {"sales": 2}
    assert_accounted(home)
    orders = "order_id,customer_id,email,status,currency,subtotal,total,ordered_at,"
    row = "o1,c1,a@gmx.de,paid,EUR,10.00,10.00,2026-06-01,2026-06-01"
    home.deliver("shop/orders/o.csv", f"{orders}updated_at,{names}\n{row},{values}\n")
    assert load(home, shop.SOURCE).rows_loaded["orders"] == 1


def test_a_column_declared_later_is_added_before_any_file_has_it(home: Home) -> None:
    home.deliver("till/sales/a.csv", sales(1, 1))
    load(home)
    table = replace(SALES, columns=(*SALES.columns, Column("cashier")))
    wider = replace(TILL, tables=(table,))
    load(home, wider)
    assert home.warehouse("select sale_id, cashier from raw_till.sales") == [
        ("1", None)
    ]
    home.deliver("till/sales/b.csv", "sale_id,cashier\n2,Ann\n")
    load(home, wider)
    assert home.warehouse("select sale_id, cashier from raw_till.sales order by 1") == [
        ("1", None),
        ("2", "Ann"),
    ]


def test_parquet_gives_the_text_that_csv_gives(home: Home) -> None:
    home.deliver("till/sales/a.csv", HEAD + '1,"tea, ""green""",2,\n2,,3,\n3, ü ,,\n')
    duckdb.sql(
        "copy (from (values ('1', 'tea, \"green\"', 2), ('2', null, 3),"
        " ('3', ' ü ', null)) as t(sale_id, item, pieces))"
        f" to '{home.path}/landing/till/sales/b.csv' (format parquet)"
    )
    load(home)
    by_file = home.warehouse(
        "select list((sale_id, item, pieces) order by _line) from raw_till.sales"
        " group by _file_id"
    )
    assert len(by_file) == 2
    assert by_file[0] == by_file[1]


def test_a_currency_is_read_from_its_heading(home: Home) -> None:
    head = "Reporting starts,Campaign ID,Amount spent ({})\n"
    home.deliver("meta_ads/campaigns/a.csv", head.format("EUR") + "2026-01-31,7,1.50\n")
    home.deliver("meta_ads/campaigns/b.csv", head.format("USD") + "2026-01-31,8,2.50\n")
    load(home, meta_ads.SOURCE)
    assert home.warehouse(
        "select campaign_id, amount_spent, currency from raw_meta_ads.campaigns"
        " order by 1"
    ) == [("7", "1.50", "EUR"), ("8", "2.50", "USD")]


def test_of_two_currencies_the_first_belongs_to_the_first_amount(
    tmp_path: Path,
) -> None:
    reading = read(
        "Reporting starts,Campaign ID,Amount spent (EUR),Amount spent (USD)\n"
        "2026-01-31,7,1.50,1.75\n",
        tmp_path,
        meta_ads.SOURCE.tables[0],
    )
    found = rows(reading, "amount_spent", "amount_spent_again", "currency")
    assert found == [("1.50", "1.75", "EUR")]


def test_newlines_in_quotes_are_one_record(tmp_path: Path) -> None:
    text = HEAD + '1,"green\n\ntea",1,\n\n2,"crlf\r\ninside",1,\n3,"a ""b""\n",1,\n'
    reading = read(text, tmp_path)
    assert rows(reading, "item") == [
        ("green\n\ntea",),
        ("crlf\r\ninside",),
        ('a "b"\n',),
    ]
    assert reading.rows_read == 3


def test_an_inch_sign_is_no_open_quote(tmp_path: Path) -> None:
    text = HEAD + '1,27" screen,1,\n2,tea,1,\n3,24" screen,1,\n'
    found = rows(read(text, tmp_path), "item")
    assert found == [('27" screen',), ("tea",), ('24" screen',)]


def test_a_file_name_is_not_a_pattern(home: Home) -> None:
    """`sales[1].csv` once read sales1.csv in its place."""
    home.deliver("till/sales/sales1.csv", sales(1, 1, "tea"))
    home.deliver("till/sales/sales[1].csv", sales(2, 2, "coffee"))
    home.deliver("till/sales/sale*.csv", sales(3, 3, "milk"))
    home.deliver('till/sales/it\'s {a} "b".csv', sales(4, 4, "sugar"))
    load(home)
    assert sold(home) == [("1", "tea"), ("2", "coffee"), ("3", "milk"), ("4", "sugar")]
    assert_accounted(home)


def test_more_files_than_one_job_takes_are_loaded_together(home: Home) -> None:
    for n in range(300):
        home.deliver(f"till/sales/{n:03}.csv", sales(n * 3, n * 3 + 2))
    assert load(home).files_loaded == 300
    assert home.warehouse(
        "select count(*), count(distinct sale_id), count(distinct _load_id)"
        " from raw_till.sales"
    ) == [(900, 900, 1)]
    assert_accounted(home)


def test_tables_with_files_of_one_name_keep_their_own_rows(home: Home) -> None:
    """Both need a copy in UTF-8 before they can be read."""
    refunds = replace(SALES, name="refunds", files="refunds/*")
    both = replace(TILL, tables=(SALES, refunds))
    for table, item in (("sales", "thé"), ("refunds", "café")):
        text = sales(1, 2, item).encode("cp1252")
        home.deliver(f"till/{table}/a.csv", text)
    load(home, both)
    assert sold(home) == [("1", "thé"), ("2", "thé")]
    assert home.warehouse("select distinct item from raw_till.refunds") == [("café",)]
    assert_accounted(home, both)


def test_hidden_and_partial_files_are_left_out(home: Home) -> None:
    for name in (".a.csv", "_a.csv", "a.csv.part", "a.csv.filepart", "a.CSV.TMP"):
        home.deliver(f"till/sales/{name}", sales(1, 3))
    home.deliver("till/sales/a.csv", sales(4, 4))
    assert load(home).files_loaded == 1
    assert sold(home) == [("4", "tea")]


def test_quarantined_rows_have_the_lines_of_the_file(home: Home) -> None:
    """What the parser skips, here bytes that are not UTF-8, still counts as a line."""
    home.deliver(
        "till/sales/a.csv",
        HEAD.encode()
        + b"1,tea,1,\n"
        + b"2,caf\xe9,1,\n"  # 3, where line 8 is UTF-8
        + b"3,tea,x,\n"  # 4
        + b"4\n"  # 5
        + b"5,caf\xe9,1,\n"  # 6
        + b"6,tea,1,soon\n"  # 7
        + "7,thé,1,\n".encode()
        + b",tea,1,\n",  # 9
    )
    load(home)
    assert [sale for sale, _ in sold(home)] == ["1", "7"]
    assert [(line, rule) for line, rule, _ in rejects(home)] == [
        (3, "invalid encoding"),
        (4, "type"),
        (5, "missing columns"),
        (6, "invalid encoding"),
        (7, "type"),
        (9, "type"),
    ]
    assert_accounted(home)


def test_many_skipped_rows_shift_the_lines_below_them(tmp_path: Path) -> None:
    chosen = random.Random(5)
    kinds = [chosen.choice("good short typed".split()) for _ in range(5000)]  # noqa: SIM905
    texts = {"good": "1,tea,1,", "short": "1", "typed": "1,tea,x,"}
    reading = read(HEAD + "".join(texts[kind] + "\n" for kind in kinds), tmp_path)
    lines = {"missing columns": "short", "type": "typed"}
    assert [(reject.line, lines[reject.rule]) for reject in reading.rejects] == [
        (n, kind) for n, kind in enumerate(kinds, start=2) if kind != "good"
    ]


def test_json_lines_that_cannot_be_events_are_quarantined_whole(home: Home) -> None:
    bad = [
        b'{"messageId": "2", "type"\n',
        b"\n",
        b'["messageId", "4"]\n',
        b"5\n",
        b'"6"\n',
        b"null\n",
        b'{"messageId": "\xff"}\n',
        (EVENT % (9, "")).encode(),
        (EVENT % (10, KNOWN)).replace("2026-01-31", "someday").encode(),
    ]
    home.deliver(
        "web_events/events/a.jsonl",
        (EVENT % (1, KNOWN)).encode() + b"".join(bad) + (EVENT % (11, KNOWN)).encode(),
    )
    load(home, web_events.SOURCE)
    expected = "not a JSON object as `events` expects"
    assert rejects(home) == [
        (2, "format", expected),
        (4, "format", expected),
        (5, "format", expected),
        (6, "format", expected),
        (7, "format", expected),
        (8, "encoding", "the line is not UTF-8"),
        (9, "type", "anonymous_id and user_id are both missing"),
        (10, "type", "occurred_at is not a time like 2026-01-31 14:05:00"),
    ]
    raw = dict(home.warehouse("select line, raw from raw_ledger.rejects"))
    for line in (2, 4, 5, 6, 7, 9, 10):
        assert raw[line] == bad[line - 2].decode().strip()
    assert home.warehouse(
        "select message_id from raw_web_events.events order by _line"
    ) == [("1",), ("11",)]
    assert_accounted(home, web_events.SOURCE)


def test_nested_json_is_taken_by_its_path(tmp_path: Path) -> None:
    more = ', "context": {"ip": "10.0.0.1", "page": {"path": "/é"}}'
    more += ', "properties": {"orderId": "o1", "n": 1.5}'
    text = "\ufeff" + EVENT % (1, KNOWN + more)
    reading = read(text, tmp_path, web_events.SOURCE.tables[0])
    found = rows(reading, "ip", "page_path", "order_id", "properties", "user_id")
    assert found == [("10.0.0.1", "/é", "o1", '{"orderId":"o1","n":1.5}', None)]


def test_log_lines_of_both_formats_are_read(tmp_path: Path) -> None:
    combined = LOG_LINE.format(1, "b").rstrip("\n") + ' "-" "Say \\"hi\\""\n'
    text = LOG_LINE.format(0, "a") + "junk\n" + combined
    reading = read(text, tmp_path, web_logs.SOURCE.tables[0])
    assert rows(reading, "request", "referrer", "user_agent", "_line") == [
        ("GET /a HTTP/1.1", None, None, 1),
        ("GET /b HTTP/1.1", None, 'Say \\"hi\\"', 3),
    ]
    [reject] = reading.rejects
    assert (reject.line, reject.raw) == (2, "junk")
    assert reject.error == "not a log line as `access` expects"


@pytest.mark.parametrize(
    ("pieces", "is_good"),
    [
        ("3", True), (" 3 ", True), ('"1,200"', True), ("-3", True), ("3.0", True),
        ("--", True), ("", True), ("1.5", False), ("three", False), ("1e400", False),
        ("99999999999999999999", False),
    ],
)  # fmt: skip
def test_a_whole_number_is_whole(tmp_path: Path, pieces: str, is_good: bool) -> None:
    reading = read(f"{HEAD}1,tea,{pieces},\n", tmp_path)
    assert (reading.rows_loaded, len(reading.rejects)) == (is_good, not is_good)


def written(chosen: random.Random, delimiter: str, records: list[list[str]]) -> str:
    """A CSV whose values are quoted where they must be, and where chance has it."""
    end = chosen.choice(["\n", "\r\n"])
    lines = []
    for record in records:
        cells = []
        for value in record:
            must = any(character in value for character in delimiter + '"\n\r')
            quoted = '"' + value.replace('"', '""') + '"'
            cells.append(quoted if must or chosen.random() < 0.3 else value)
        lines.append(delimiter.join(cells) + end * (1 + (chosen.random() < 0.1)))
    text = "".join(lines)
    return text if chosen.random() < 0.7 else text.rstrip("\r\n")


@pytest.mark.parametrize("seed", range(70))
def test_random_csv_files_hold_the_rows_that_python_reads(
    tmp_path: Path, seed: int
) -> None:
    chosen = random.Random(seed)
    table = Table("t", "t/*", (Column("a", required=True), Column("b"), Column("c")))
    delimiter = chosen.choice(",;\t")
    letters = "ab ,;\t\"'\n\r\\#-é€🙂" if seed % 2 else "ab ,;"

    def value() -> str:
        return "".join(chosen.choices(letters, k=chosen.randrange(6)))

    records = [["k" + value(), value(), value()] for _ in range(chosen.randrange(40))]
    text = written(chosen, delimiter, [["a", "b", "c"], *records])
    parsed = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    expected = [tuple(v or None for v in record) for record in parsed if record][1:]
    reading = read(text, tmp_path, table)
    assert rows(reading) == expected
    assert (reading.rows_read, reading.rejects) == (len(records), [])
