"""Files of which a few rows do not hold: read as if each had been read by itself."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingestion.files import counting, mend
from ingestion.files.readers import Refused
from ingestion.sources import google_ads, meta_ads, web_events
from ingestion.tables import Column, Source
from tests.conftest import Home
from tests.test_loading import (
    EVENT,
    HEAD,
    KNOWN,
    TILL,
    assert_accounted,
    load,
    looks,
    read,
    rejects,
    rows,
    sales,
)

ABOVE = 'Campaign report\n"June 1, 2026 - June 1, 2026"\n'
HEADINGS = "Day,Campaign ID,Campaign,Currency code,Impr.,Cost\n"
TOTAL = 'Total: Account, --, --,EUR,"1,100",10.00\n'


@pytest.fixture
def is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is read for itself after it was loaded."""

    def fail(*arguments: object) -> None:
        raise AssertionError(f"{arguments[3].entry.path} was read again")

    monkeypatch.setattr("ingestion.files.load.checked", fail)


def costs(home: Home) -> list[tuple]:
    return home.warehouse(
        "select day, campaign_id, impressions, cost, _line"
        " from raw_google_ads.campaigns order by _file_id, _line"
    )


def assert_as_by_themselves(
    home: Home, source: Source, files: dict[str, str | bytes], folder: Path
) -> None:
    """Rows, lines, counts, quarantine and message are what each file alone gives."""
    tables = {table.name: table for table in source.tables}
    for path, content in files.items():
        table = tables[path.split("/")[1]]
        [(status, file_id, *counts, read_as)] = home.warehouse(
            "select status, file_id, rows_read, rows_loaded, rows_quarantined, read_as"
            f" from raw_ledger.files where path = '{path}'"
        )
        if status == "repeated":  # short files may be the same
            continue
        try:
            reading = read(content, folder, table)
        except Refused:
            assert status == "refused", path
            continue
        if reading.is_useless:
            assert status == "refused", path
            continue
        names = [*reading.column_names, "_line"]
        found = home.warehouse(
            f"select {', '.join(names)} from raw_{source.name}.{table.name}"
            f" where _file_id = '{file_id}' order by _line"
        )
        assert found == rows(reading, *names), path
        quarantine = home.warehouse(
            "select line, rule, error, raw from raw_ledger.rejects"
            f" where file_id = '{file_id}' order by all"
        )
        expected = sorted((r.line, r.rule, r.error, r.raw) for r in reading.rejects)
        assert quarantine == expected, path
        assert (counts, read_as) == (
            [reading.rows_read, reading.rows_loaded, len(reading.rejects)],
            ", ".join(reading.steps),
        ), path
    assert_accounted(home, source)


def test_a_line_of_totals_is_one_wherever_it_stands(
    home: Home, is_read_once: None
) -> None:
    """Last, first, between, and the name of a campaign: that is none."""
    one, two = "2026-06-01,1,Own,EUR,100,1.00\n", "2026-06-01,2,Other,EUR,1000,9.00\n"
    named = "2026-06-01,3,Total: a name,EUR,5,1.50\n"
    for name, lines in {
        "last": one + two + TOTAL,
        "first": TOTAL + two + one,
        "between": two + TOTAL + one + TOTAL.replace("Account", "Search"),
        "named": named + TOTAL,
    }.items():
        home.deliver(f"google_ads/campaigns/{name}.csv", ABOVE + HEADINGS + lines)
    loaded = load(home, google_ads.SOURCE)
    assert (loaded.rows_loaded, loaded.rows_quarantined) == ({"campaigns": 12}, 0)
    assert home.warehouse(
        "select _line, day, impressions, cost from raw_google_ads.campaigns"
        " where starts_with(day, 'Total:') order by _line"
    ) == [
        (4, "Total: Account", "1100", "10.00"),
        (5, "Total: Account", "1100", "10.00"),
        (5, "Total: Account", "1100", "10.00"),
        (6, "Total: Account", "1100", "10.00"),
        (7, "Total: Search", "1100", "10.00"),
    ]
    # The sums of a report are no money of its own.
    assert home.warehouse(
        "select distinct total::varchar from raw_ledger.totals"
        " where column_name = 'cost' order by 1"
    ) == [("1.5000",), ("10.0000",)]
    assert_accounted(home, google_ads.SOURCE)


def test_totals_that_are_no_totals_are_quarantined(home: Home) -> None:
    """In other words, in another column, in a table that has none."""
    sums = "Sum: Account, --, --,EUR,100,1.00\n"
    late = "2026-06-01,Total: Account,Own,EUR,100,1.00\n"
    own = "2026-06-02,1,Own,EUR,100,1.00\n"
    home.deliver("google_ads/campaigns/a.csv", HEADINGS + own + sums + late)
    home.deliver("till/sales/a.csv", sales(1, 2) + "Total: all,,many,\n")
    load(home, google_ads.SOURCE)
    load(home)
    assert [(line, error) for line, _, error in rejects(home)] == [
        (3, "day is not a day like 2026-01-31"),
        (4, "pieces is not a whole number"),
    ]
    assert [row[:2] for row in costs(home)] == [
        ("2026-06-02", "1"), ("2026-06-01", "Total: Account"),
    ]  # fmt: skip


def test_files_of_other_orders_and_headings_keep_their_own_values(
    home: Home, tmp_path: Path, is_read_once: None
) -> None:
    """One load: columns in other orders, some lacking, some more, each with a sum."""
    files = {
        "campaigns/a.csv": HEADINGS + "2026-06-01,1,Own,EUR,1,2.00\n" + TOTAL,
        "campaigns/b.csv": "Cost,Day,Campaign ID,Note\n3.00,2026-06-01,4,x\n"
        "Total: 3, --, --,y\n",
        "campaigns/c.csv": "Campaign,Cost,Campaign ID,Day\nOwn,5.00,6,2026-06-01\n"
        "Total: Own, --, --, --\n",
        "campaigns/d.csv": HEADINGS + "2026-06-01,7,Own,EUR,8,9.00\n" + TOTAL,
    }
    files = {f"google_ads/{name}": content for name, content in files.items()}
    for name, content in files.items():
        home.deliver(name, content)
    load(home, google_ads.SOURCE)
    assert_as_by_themselves(home, google_ads.SOURCE, files, tmp_path)
    assert home.warehouse(
        "select campaign_id, cost, note from raw_google_ads.campaigns"
        " where day = '2026-06-01' order by 1"
    ) == [("1", "2.00", None), ("4", "3.00", "x"), ("6", "5.00", None),
          ("7", "9.00", None)]  # fmt: skip


def test_one_damaged_file_costs_the_others_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A carriage return between rows stops the parser, and with it the whole scan."""
    again = []
    torn = counting.torn
    monkeypatch.setattr(
        counting, "torn", lambda *given: again.extend(torn(*given)) or again
    )
    for n in range(150):
        home.deliver(f"till/sales/{n:03}.csv", sales(n, n))
    home.deliver("till/sales/075.csv", sales(75, 76).replace("\n76", "\r76") + "9,\n")
    home.deliver("till/sales/080.csv", sales(80, 81) + "x,tea,many,\n")
    loaded = load(home)
    assert [file.entry.path for file in again] == ["till/sales/075.csv"]
    assert loaded.rows_loaded == {"sales": 150}
    assert loaded.rows_quarantined == 1
    assert [look for look in looks(home) if look[1] == "refused"] == [
        ("till/sales/075.csv", "refused", 0, 0)
    ]
    assert "mixes kinds of line endings" in loaded.messages[0]
    assert_accounted(home)


def test_what_a_dirty_row_shows_of_a_file_is_not_overlooked(
    home: Home, tmp_path: Path
) -> None:
    """A decimal comma, a currency, two readings: for every row of that file alone."""
    table = replace(
        TILL.tables[0],
        columns=(
            Column("sale_id", required=True), Column("price", "decimal"),
            Column("sold_on", "date"), Column("currency"),
        ),
    )  # fmt: skip
    source = replace(TILL, tables=(table,))
    head = "sale_id,price,sold_on\n"
    files = {
        "comma": head + '1,1.234,2026-01-02\n2,"5,6",2026-01-02\n3,"0,5",\n',
        "point": head + '1,1.234,2026-01-02\n2,"5,678",2026-01-02\n3,0.5,\n',
        "neither": head + '1,1.234,2026-01-02\n2,"5,678",2026-01-02\n',
        "both": head + '1,1.5,2026-01-02\n2,"5,6",2026-01-02\n',
        "days": head + "1,1.5,2026-01-02\n2,5,31/01/2026\n3,5,02/01/2026\n",
        "months": head + "1,1.5,2026-01-02\n2,5,01/31/2026\n3,5,02/01/2026\n",
        "some day": head + "1,1.5,2026-01-02\n2,5,02/01/2026\n3,5,03/01/2026\n",
        "euro": head + "1,1.5,2026-01-02\n2,€ 5,2026-01-02\n",
        "euro said": "sale_id,price,currency\n1,1.5,EUR\n2,€ 5,EUR\n",
        "junk": head + "1,1.5,2026-01-02\n,5,2026-01-02\n3,many,\n4,1,never\n",
        "clean": head + "1,1.5,2026-01-02\n",
    }
    files = {f"till/sales/{name}.csv": content for name, content in files.items()}
    for path, content in files.items():
        home.deliver(path, content)
    load(home, source)
    assert_as_by_themselves(home, source, files, tmp_path)
    prices = home.warehouse(
        "select regexp_extract(path, '([a-z ]+)[.]csv', 1), list(price order by _line)"
        " from raw_till.sales join raw_ledger.files on _file_id = file_id"
        " group by path order by path"
    )
    assert dict(prices)["comma"] == ["1234", "5.6", "0.5"]
    assert dict(prices)["point"] == ["1.234", "5678", "0.5"]
    assert home.warehouse(
        "select distinct currency from raw_till.sales where price = '1.5' order by 1"
    ) == [("EUR",), (None,)]


def test_lines_that_do_not_hold_are_found_in_their_files(
    home: Home, is_read_once: None
) -> None:
    """Of several files at once, with other ends of lines and a mark at the start."""
    good, mark = EVENT % ("m1", KNOWN), "\ufeff"
    home.deliver("web_events/events/a.jsonl", good + "junk\n" + EVENT % ("m2", KNOWN))
    home.deliver(
        "web_events/events/b.jsonl",
        (mark + '{"type": "track"}\n\n' + good + '{"messageId": 1\n').replace(
            "\n", "\r\n"
        ),
    )
    home.deliver("web_events/events/c.jsonl", "null\n" + EVENT % ("m3", KNOWN) + "end")
    load(home, web_events.SOURCE)
    assert home.warehouse(
        "select path, line, rule, raw from raw_ledger.rejects"
        " join raw_ledger.files using (file_id) order by path, line"
    ) == [
        ("web_events/events/a.jsonl", 2, "format", "junk"),
        ("web_events/events/b.jsonl", 1, "type", '{"type": "track"}'),
        ("web_events/events/b.jsonl", 4, "format", '{"messageId": 1'),
        ("web_events/events/c.jsonl", 1, "format", "null"),
        ("web_events/events/c.jsonl", 3, "format", "end"),
    ]
    assert home.warehouse(
        "select message_id, _line from raw_web_events.events order by all"
    ) == [("m1", 1), ("m1", 3), ("m2", 3), ("m3", 2)]
    assert_accounted(home, web_events.SOURCE)


def test_rows_that_the_parser_leaves_out_are_told_by_their_lines(
    home: Home, tmp_path: Path, is_read_once: None
) -> None:
    """Short, long, before and after rows that fail, and between blank lines."""
    files = {
        "till/sales/a.csv": HEAD + "1,tea,1,\nshort\n2,tea,many,\n3,tea,3,\ncut,t",
        "till/sales/b.csv": HEAD + "1,tea,many,\n2,a,1,,,\n3,tea,x,\n4,tea,1,\n",
        "till/sales/d.csv": HEAD + "1,two\n\n1,tea,4,\n\n",
        "till/sales/e.csv": sales(1, 3),
    }
    for path, content in files.items():
        home.deliver(path, content)
    load(home)
    assert_as_by_themselves(home, TILL, files, tmp_path)


def test_lines_that_are_no_text_are_told_by_their_lines(
    home: Home, is_read_once: None
) -> None:
    """Those below keep their own lines: of the file, not of what could be read."""
    good = [(EVENT % (f"m{n}", KNOWN)).encode() for n in range(4)]
    broken = b'{"messageId": "\xff"}\n'
    home.deliver(
        "web_events/events/a.jsonl",
        b"".join([broken, good[0], broken, broken, b"junk\n", good[1], broken]),
    )
    home.deliver("web_events/events/b.jsonl", good[2] + broken + good[3])
    load(home, web_events.SOURCE)
    assert home.warehouse(
        "select message_id, _line from raw_web_events.events order by all"
    ) == [("m0", 2), ("m1", 6), ("m2", 1), ("m3", 3)]
    assert home.warehouse(
        "select path, line, rule, raw from raw_ledger.rejects"
        " join raw_ledger.files using (file_id) order by path, line"
    ) == [
        *(
            ("web_events/events/a.jsonl", line, "encoding", '{"messageId": "\\xff"}')
            for line in (1, 3, 4)
        ),
        ("web_events/events/a.jsonl", 5, "format", "junk"),
        ("web_events/events/a.jsonl", 7, "encoding", '{"messageId": "\\xff"}'),
        ("web_events/events/b.jsonl", 2, "encoding", '{"messageId": "\\xff"}'),
    ]
    assert_accounted(home, web_events.SOURCE)


def test_windows_1252_is_seen_though_its_rows_were_left_out(
    home: Home,
) -> None:
    lines = HEAD + "1,caf\u00e9,1,\n2,tea,2,\n"
    home.deliver("till/sales/a.csv", lines.encode("cp1252"))
    load(home)
    assert home.warehouse("select item, _line from raw_till.sales order by 2") == [
        ("caf\u00e9", 2),
        ("tea", 3),
    ]
    assert home.warehouse("select read_as from raw_ledger.files") == [("windows-1252",)]


def test_a_line_with_a_return_inside_is_quarantined_whole(home: Home) -> None:
    inside = (EVENT % ("m1", KNOWN)).rstrip() + "\r" + EVENT % ("m2", KNOWN)
    home.deliver(
        "web_events/events/a.jsonl",
        (EVENT % ("m0", KNOWN) + inside + "junk\n").replace("\n", "\r\n"),
    )
    load(home, web_events.SOURCE)
    assert [row[:2] for row in rejects(home)] == [(2, "encoding"), (3, "format")]
    assert home.warehouse("select message_id from raw_web_events.events") == [("m0",)]


def test_where_many_rows_fail_the_file_is_read_by_itself(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mend, "MOST_ROWS", 2)
    few = sales(1, 4) + "x,tea,many,\n" * 2
    many = sales(1, 4) + "x,tea,many,\n" * 3
    home.deliver("till/sales/few.csv", few)
    home.deliver("till/sales/many.csv", many)
    load(home)
    files = {"till/sales/few.csv": few, "till/sales/many.csv": many}
    assert_as_by_themselves(home, TILL, files, tmp_path)


def test_names_that_look_like_patterns_keep_their_rows_in_a_scan(home: Home) -> None:
    names = ["a[1].csv", "a1.csv", "a*.csv", "it's.csv", "ü?.csv", "{a,b}.csv"]
    for n, name in enumerate(names):
        home.deliver(f"till/sales/{name}", sales(n, n) + "x,tea,many,\n")
    load(home)
    assert home.warehouse(
        "select path, sale_id from raw_till.sales"
        " join raw_ledger.files on _file_id = file_id order by sale_id"
    ) == [(f"till/sales/{name}", str(n)) for n, name in enumerate(names)]
    assert len(rejects(home)) == len(names)


def random_reports(network: str, seed: int) -> Iterator[tuple[str, str]]:
    """Reports as people export them: most of them dirty."""
    chosen = random.Random(seed)
    numbers = ["5", "1,234", "12.50", " --", "", "1,234.56", "€ 7", "1.234", "x", "007"]
    days = ["2026-06-01"] * 6 + ["06/13/2026", "13/06/2026", "2026-6-1", "", "Total: x"]
    for n in range(25):
        if network == "google_ads":
            names = ["Day", "Campaign ID", "Campaign", "Currency code", "Impr.", "Cost"]
        else:
            names = ["Day", "Campaign ID", "Campaign name", "Impressions", "Note"]
            names.append(chosen.choice(["Amount spent (EUR)", "Amount spent"]))
        if chosen.random() < 0.3:
            chosen.shuffle(names)
        odd = chosen.choice([0.02, 0.1, 0.4])
        lines = [",".join(names)]
        for _ in range(chosen.randrange(1, 25)):
            cells = []
            for name in names:
                cell = "1"
                if name == "Day":
                    cell = chosen.choice(days) if chosen.random() < odd else days[0]
                elif name.startswith(("Cost", "Amount", "Impr")):
                    cell = chosen.choice(numbers) if chosen.random() < odd else "5"
                elif chosen.random() < odd / 4:
                    cell = chosen.choice(["", " --", "Total: y", "a"])
                cells.append(f'"{cell}"' if "," in cell else cell)
            lines.append(",".join(cells))
        if chosen.random() < 0.5:
            lines.append(",".join(["Total: Account", *[" --"] * (len(names) - 1)]))
        yield f"{network}/campaigns/{n:02}.csv", "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("source", [google_ads.SOURCE, meta_ads.SOURCE])
def test_random_reports_are_read_as_each_by_itself(
    home: Home, tmp_path: Path, source: Source, seed: int
) -> None:
    files = dict(random_reports(source.name, seed))
    for path, content in files.items():
        home.deliver(path, content)
    load(home, source)
    assert_as_by_themselves(home, source, files, tmp_path)
