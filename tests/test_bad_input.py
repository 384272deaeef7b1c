"""Broken files are named with their cure, and stop no other file."""

import os
import random
from pathlib import Path

import duckdb
import pytest

from ingestion.files import readers
from ingestion.sources import shop, web_events, web_logs, zendesk
from tests.conftest import Home
from tests.test_loading import (
    EVENT,
    HEAD,
    KNOWN,
    LOG_LINE,
    SALES,
    assert_accounted,
    load,
    looks,
    read,
    rejects,
    rows,
    sales,
    sold,
    written,
)

BAD = "till/sales/bad.csv"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01"
ZIP = b"PK\x03\x04\x14\0\0\0\x08\0sales.csv"


def parquet(folder: Path) -> bytes:
    """Sales 101 to 20100, in a whole Parquet file."""
    path = folder / "whole.parquet"
    duckdb.sql(
        "copy (select cast(i as varchar) as sale_id, 'tea ' || hash(i) as item,"
        " i as pieces, '2026-01-31 10:00:00' as sold_at"
        f" from range(101, 20101) as t(i)) to '{path}' (format parquet)"
    )
    return path.read_bytes()


def torn_page(folder: Path) -> bytes:
    """A Parquet file whose footer is good and whose data is not."""
    whole = parquet(folder)
    middle = len(whole) // 2
    return whole[: middle - 9000] + b"\xff" * 18000 + whole[middle + 9000 :]


# What is delivered, and words of its message: what happened, and what to do.
REFUSED = {
    "an empty file": (b"", "empty (0 bytes)", "deliver it again"),
    "a zip": (ZIP, "a zip archive", "unpack it"),
    "a picture": (PNG, "NUL bytes", "export it as CSV in UTF-8, or as Parquet"),
    "only a byte order mark": (
        b"\xef\xbb\xbf",
        "it lacks sale_id",
        "add the new heading",
    ),
    "only empty lines": (b"\n\n\n", "it lacks sale_id", "add the new heading"),
    "a line without end": (b"x" * 300_000, "it lacks sale_id", "add the new heading"),
    "other headings": (b"Id,Item\n1,tea\n", "'Id,Item'", "add the new heading"),
    "a quote never closed": (
        HEAD.encode() + b'1,"tea,1,\n' + b"2,tea,2,\n" * 9,
        "a double quote is probably never closed",
        "repair the quoting and deliver it again",
    ),
    "a quote never closed, over megabytes": (
        HEAD.encode() + b'1,"tea,1,\n' + b"2,tea,2,\n" * 300_000,
        "never close",
        "deliver it again",
    ),
    "line endings of two kinds": (
        HEAD.encode() + b"1,tea,1,2026-01-31\r\n2,tea,2,\n",
        "mixes kinds of line endings",
        "export it",
    ),
}


def deliver(home: Home, content: bytes) -> None:
    """A bad file between two good ones."""
    home.deliver("till/sales/a.csv", sales(1, 2))
    home.deliver(BAD, content)
    home.deliver("till/sales/c.csv", sales(3, 3))


def assert_refused(home: Home, *words: str) -> None:
    """The message names file and cure, comes once, and the other files are loaded."""
    loaded = load(home)
    [message] = loaded.messages
    assert message.startswith(f"{BAD}: refused: ")
    assert "\n" not in message
    for word in words:
        assert word in message
    assert loaded.files_loaded == 2
    assert [sale for sale, _ in sold(home)] == ["1", "2", "3"]
    assert looks(home)[1] == (BAD, "refused", 0, 0)
    assert_accounted(home)
    before = looks(home)
    assert load(home).messages == []
    assert looks(home) == before


def assert_mended(home: Home) -> None:
    """Once the file is whole, its rows are loaded and nobody complains."""
    home.deliver(BAD, sales(4, 5))
    assert load(home).messages == []
    assert [sale for sale, _ in sold(home)] == ["1", "2", "3", "4", "5"]
    assert looks(home)[-1] == (BAD, "loaded", 2, 2)
    assert_accounted(home)


@pytest.mark.parametrize("case", REFUSED)
def test_the_message_says_what_happened_and_what_to_do(
    tmp_path: Path, case: str
) -> None:
    content, *words = REFUSED[case]
    with pytest.raises(readers.Refused) as refused:
        read(content, tmp_path)
    assert "\n" not in str(refused.value)
    for word in words:
        assert word in str(refused.value)


@pytest.mark.parametrize("case", ["an empty file", "a zip", "other headings"])
def test_a_refused_file_stops_no_other_and_loads_once_mended(
    home: Home, case: str
) -> None:
    content, *words = REFUSED[case]
    deliver(home, content)
    assert_refused(home, *words)
    assert_mended(home)


def test_a_parquet_file_without_its_end_is_refused(home: Home, tmp_path: Path) -> None:
    deliver(home, parquet(tmp_path)[:-3])
    assert_refused(home, "magic bytes", "cut off", "deliver it again")
    home.deliver(BAD, parquet(tmp_path))
    assert load(home).rows_loaded == {"sales": 20_000}
    assert_accounted(home)


def test_a_parquet_file_with_torn_pages_is_refused(home: Home, tmp_path: Path) -> None:
    """Its footer is whole, so that only reading every value finds it out."""
    deliver(home, torn_page(tmp_path))
    assert_refused(home, "it is damaged", "deliver it again")


def test_a_file_without_permission_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """chmod does not bind root, so the refusal of the kernel is played."""
    deliver(home, sales(4, 5).encode())
    opened = Path.open

    def refuse(path: Path, *arguments, **options):
        if path.name == "bad.csv":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        assert_refused(home, "Permission denied", "put a readable file in its place")
    assert_mended(home)


def test_a_name_that_is_no_text_is_refused(home: Home) -> None:
    """A file name in Windows-1252, as an unpacked archive may hold."""
    folder = home.deliver("till/sales/a.csv", sales(1, 2)).parent
    (folder / os.fsdecode(b"caf\xe9.csv")).write_text(sales(3, 3))
    [message] = load(home).messages
    assert message == (
        r"till/sales/caf\xe9.csv: refused: its name is not UTF-8; rename the file"
    )
    assert [sale for sale, _ in sold(home)] == ["1", "2"]
    assert load(home).messages == []


def test_a_file_with_headings_only_is_pointed_out(home: Home) -> None:
    home.deliver("till/sales/a.csv", sales(1, 1))
    home.deliver(BAD, HEAD)
    assert load(home).messages == [
        f"{BAD}: has headings but no rows; check the export's filter"
    ]
    assert looks(home)[1] == (BAD, "loaded", 0, 0)
    assert load(home).messages == []
    home.deliver(BAD, sales(2, 2))
    assert load(home).messages == []
    assert [sale for sale, _ in sold(home)] == ["1", "2"]
    assert_accounted(home)


def assert_quarantined(home: Home, count: int, of: int, why: str) -> None:
    """Bad rows are counted with the first of them, once; good rows are loaded."""
    loaded = load(home)
    [message] = loaded.messages
    assert message.startswith(f"{BAD}: {count} of {of} rows quarantined; the first: ")
    assert message.endswith(why)
    assert loaded.rows_quarantined == count == len(rejects(home))
    assert_accounted(home)
    assert load(home).messages == []


def test_a_wrong_type_in_one_row_costs_that_row(home: Home) -> None:
    deliver(home, sales(4, 5).encode() + b"6,tea,many,\n")
    assert_quarantined(home, 1, 3, "line 4: pieces is not a whole number")
    assert [sale for sale, _ in sold(home)] == ["1", "2", "3", "4", "5"]


def test_an_id_that_a_spreadsheet_rounded_makes_one_of_no_two(home: Home) -> None:
    """Two people of 9.01E+10 are not one, and 17.0 is not found again as 17."""
    home.deliver(
        "shop/customers/a.csv",
        "customer_id,email,first_name,created_at,updated_at\n"
        "9.01004E+10,ada@gmx.de,Ada,2026-06-01,2026-06-01\n"
        "9.01004E+10,ben@gmx.de,Ben,2026-06-01,2026-06-01\n17.0,cleo@gmx.de,Cleo,2026-06-01,2026-06-01\n"
        "18,dora@gmx.de,Dora,2026-06-01,2026-06-01\n1E5,eli@gmx.de,Eli,2026-06-01,2026-06-01\n",
    )
    home.deliver(
        "zendesk/tickets/a.csv",
        "Id,Requester id,Subject,Status,Created at\n"
        "1.5E+12,7,A,open,2026-06-01\n12.0,7,B,open,2026-06-01\n",
    )
    load(home, shop.SOURCE)
    load(home, zendesk.SOURCE)
    kept = "select {} from raw_{} order by 1"
    assert home.warehouse(kept.format("customer_id", "shop.customers")) == [
        ("18",), ("1E5",),
    ]  # fmt: skip
    assert home.warehouse(kept.format("ticket_id", "zendesk.tickets")) == [("12",)]
    said = [error for _, _, error in rejects(home)]
    assert len(said) == 4
    assert all("a spreadsheet or a script made of an id" in error for error in said)
    assert_accounted(home, shop.SOURCE)


def test_a_file_with_nothing_usable_is_not_loaded(home: Home) -> None:
    deliver(home, HEAD.encode() + b"4,tea,many,\n5,tea,few,\n6,tea,,late\n")
    assert_refused(
        home,
        "none of its 3 rows can be used; the first: line 2: pieces is not a whole",
        "move it to that one's folder",
    )
    assert_mended(home)


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("6,te", "Expected Number of Columns: 4 Found: 2"),
        ('6,"te', "Value with unterminated quote found."),
        ('6,"te\n', "Value with unterminated quote found."),
    ],
)
def test_a_csv_cut_off_in_its_last_line_loses_that_line(
    tmp_path: Path, end: str, why: str
) -> None:
    reading = read(sales(4, 5) + end, tmp_path)
    assert rows(reading, "sale_id") == [("4",), ("5",)]
    [reject] = reading.rejects
    assert (reject.line, reject.error, reject.raw.strip()) == (4, why, end.strip())


def test_a_cut_off_csv_is_pointed_out_and_loads_once_whole(home: Home) -> None:
    deliver(home, sales(4, 5)[:-25].encode())
    assert_quarantined(home, 1, 2, "line 3: Expected Number of Columns: 4 Found: 2")
    assert [sale for sale, _ in sold(home)] == ["1", "2", "3", "4"]
    home.deliver(BAD, sales(4, 5))
    assert load(home).messages == []
    assert [sale for sale, _ in sold(home)] == ["1", "2", "3", "4", "4", "5"]


def test_a_stray_quote_costs_its_row_and_none_below(home: Home) -> None:
    """DuckDB's ignore_errors alone would lose every row below it."""
    for n in range(60):
        home.deliver(
            f"till/sales/{n:03}.csv",
            HEAD + f'{n}a,tea,1,\n{n}b,"te"a,1,\n{n}c,tea,1,\n{n}d,tea,x,\n{n}e,,1,\n',
        )
    loaded = load(home)
    assert (loaded.rows_loaded, loaded.rows_quarantined) == ({"sales": 180}, 120)
    assert sorted(sale for sale, _ in sold(home)) == sorted(
        f"{n}{row}" for n in range(60) for row in "ace"
    )
    assert home.warehouse(
        "select line, rule, count(*) from raw_ledger.rejects group by all order by all"
    ) == [(3, "unquoted value", 60), (5, "type", 60)]
    assert_accounted(home)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_counted_of_a_damaged_csv_is_what_arrives(
    tmp_path: Path, seed: int
) -> None:
    """Refused, or every row is loaded or quarantined, and rows never run together."""
    chosen = random.Random(seed)
    items = ["tea", '"q"', "a,b", "x\ny", "é", ""]
    records = [[f"s{n}", chosen.choice(items), str(n), ""] for n in range(30)]
    content = bytearray(
        written(chosen, ",", [HEAD.strip().split(","), *records]).encode()
    )
    for _ in range(chosen.randrange(1, 3)):
        place = chosen.randrange(content.index(b"\n") + 1, len(content))
        content[place : place + chosen.randrange(3)] = chosen.choice(
            [b'"', b",", b"\n", b"\r", b"\xff", b"x", b""]
        )
    try:
        reading = read(bytes(content), tmp_path)
    except readers.Refused as refused:
        assert "deliver it again" in str(refused)
        return
    found = rows(reading, "sale_id", "item", "pieces", "sold_at", "_line")
    assert len(found) == reading.rows_loaded == len({row[4] for row in found})
    assert reading.rows_read == reading.rows_loaded + len(reading.rejects)
    whole = {(sale, item or None, pieces, None) for sale, item, pieces, _ in records}
    assert len(whole - {row[:4] for row in found}) <= 8


def test_json_cut_off_in_its_last_line_loses_that_line(tmp_path: Path) -> None:
    text = EVENT % (1, KNOWN) + (EVENT % (2, KNOWN))[:40]
    reading = read(text, tmp_path, web_events.SOURCE.tables[0])
    assert rows(reading, "message_id") == [("1",)]
    [reject] = reading.rejects
    assert (reject.line, reject.raw) == (2, (EVENT % (2, KNOWN))[:40])
    assert reject.error == "not a JSON object as `events` expects"


def test_a_log_cut_off_in_its_last_line_loses_that_line(tmp_path: Path) -> None:
    text = LOG_LINE.format(0, "a") + LOG_LINE.format(1, "b")[:40]
    reading = read(text, tmp_path, web_logs.SOURCE.tables[0])
    assert rows(reading, "request") == [("GET /a HTTP/1.1",)]
    [reject] = reading.rejects
    assert (reject.line, reject.raw) == (2, LOG_LINE.format(1, "b")[:40])


def test_a_line_too_long_for_the_parser_loses_only_itself(tmp_path: Path) -> None:
    text = sales(1, 1) + f"2,{'x' * 3_000_000},2,\n" + "3,tea,3,\n"
    reading = read(text, tmp_path)
    assert rows(reading, "sale_id") == [("1",), ("3",)]
    [reject] = reading.rejects
    assert (reject.line, reject.rule) == (3, "line size over maximum")
    assert reject.raw == "2," + "x" * 9_998  # as much as the parser hands out


def test_a_heading_that_is_missing_names_what_was_sought(tmp_path: Path) -> None:
    with pytest.raises(readers.Refused) as refused:
        read("item,pieces\ntea,1\n", tmp_path, SALES)
    said = str(refused.value)
    assert (
        "no line among the first 20 has the headings it needs: it lacks sale_id;"
        in (said)
    )
    assert "found 'item,pieces'" in said
    assert "original" not in said


def test_without_a_landing_folder_the_command_says_so(home: Home) -> None:
    """Through the whole command."""
    done = home.call("run", "--as-of", "2026-07-01")
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("unavista: there is no landing folder")
    assert str(home.path / "landing") in line
    assert "unavista sample" in line
