"""A file that begins with all of another counts for what it adds, whatever its name."""

import gzip
from dataclasses import replace

import duckdb
import pytest

from ingestion.files.growth import Contents, Hashing
from ingestion.sources import lists, web_logs
from tests.conftest import Home
from tests.test_loading import LOG_LINE, SALES, TILL, assert_accounted, load, sales
from tests.test_repeats import PACKINGS, told

LOGS = "web_logs/access"


def requests(first: int, last: int) -> bytes:
    """Lines of a log, each with an address of its own."""
    lines = (LOG_LINE.format(n % 10, n) for n in range(first, last + 1))
    return "".join(lines).encode()


def counted(home: Home) -> list[int]:
    """Which requests count, as staging has them, each as often as it does."""
    home_tables = told(home)
    home_tables.connection.execute("create schema if not exists raw_web_logs")
    home_tables.connection.execute(
        "create table raw_web_logs.access as from home.raw_web_logs.access"
    )
    home_tables.build("stg_web_logs__requests")
    found = home_tables.rows(
        "select cast(path[2:] as integer) from staging.stg_web_logs__requests"
        " order by 1"
    )
    return [number for (number,) in found]


def night(home: Home, **files: bytes) -> list[int]:
    """Deliver, load, and say which requests count; `__` is a dot in a name."""
    for name, content in files.items():
        home.deliver(f"{LOGS}/{name.replace('__', '.')}", content)
    assert load(home, web_logs.SOURCE).messages == []
    assert_accounted(home, web_logs.SOURCE)
    return counted(home)


def move(home: Home, name: str, other: str) -> None:
    folder = home.path / "landing" / LOGS
    folder.joinpath(name).rename(folder / other)


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_grown_copy_under_another_name_counts_for_what_it_adds(
    home: Home, packing: str
) -> None:
    assert night(home, monday=requests(1, 10)) == list(range(1, 11))
    pack = PACKINGS[packing]
    assert night(home, tuesday=pack(requests(1, 25))) == list(range(1, 26))
    assert night(home, wednesday=pack(requests(1, 40))) == list(range(1, 41))
    said = told(home).rows(
        "select path, superseded_by_file_id is not null from quality.files order by 1"
    )
    assert [is_superseded for _, is_superseded in said] == [True, True, False]


@pytest.mark.parametrize("names", ["abc", "cba", "bca"])
def test_grown_copies_of_one_night_count_once(home: Home, names: str) -> None:
    files = {
        name: requests(1, last) for name, last in zip(names, (3, 9, 30), strict=True)
    }
    assert night(home, **files) == list(range(1, 31))


def test_an_earlier_copy_that_comes_later_adds_nothing(home: Home) -> None:
    assert night(home, log__gz=gzip.compress(requests(1, 40))) == list(range(1, 41))
    assert night(home, before=requests(1, 9), shorter=requests(1, 1)) == list(
        range(1, 41)
    )


def test_a_beginning_counts_again_when_what_held_it_is_replaced(home: Home) -> None:
    night(home, a=requests(1, 5), b=requests(1, 9))
    home.deliver(f"{LOGS}/b", requests(20, 22))
    load(home, web_logs.SOURCE)
    assert counted(home) == [1, 2, 3, 4, 5, 20, 21, 22]


def test_a_log_caught_within_a_line_is_read_whole_later(home: Home) -> None:
    whole = requests(1, 12)
    home.deliver(f"{LOGS}/a", whole[: len(requests(1, 9)) + 60])
    load(home, web_logs.SOURCE)
    assert night(home, b=whole) == list(range(1, 13))


def test_logrotate_with_renames(home: Home) -> None:
    """access.log -> .1 -> .2.gz, grown between the last night and the rotation."""
    assert night(home, access__log=requests(1, 5)) == [1, 2, 3, 4, 5]
    move(home, "access.log", "access.log.1")
    assert night(
        home, access__log__1=requests(1, 7), access__log=requests(8, 9)
    ) == list(range(1, 10))
    folder = home.path / "landing" / LOGS
    packed = gzip.compress(folder.joinpath("access.log.1").read_bytes())
    move(home, "access.log", "access.log.1")
    assert night(
        home, access__log__2__gz=packed, access__log__1=requests(8, 11),
        access__log=requests(12, 12),
    ) == list(range(1, 13))  # fmt: skip


def test_logrotate_that_copies_and_truncates(home: Home) -> None:
    """The log is empty when the night comes, then it is written anew."""
    assert night(home, access__log=requests(1, 5)) == [1, 2, 3, 4, 5]
    home.deliver(f"{LOGS}/access.log.1", requests(1, 7))
    home.deliver(f"{LOGS}/access.log", b"")
    load(home, web_logs.SOURCE)
    assert counted(home) == list(range(1, 8))
    assert night(home, access__log=requests(8, 9)) == list(range(1, 10))


def test_a_log_that_was_cut_and_nowhere_kept_is_told_of(home: Home) -> None:
    assert night(home, access__log=requests(1, 5)) == [1, 2, 3, 4, 5]
    assert night(home, access__log=requests(1, 7)) == list(range(1, 8))
    home.deliver(f"{LOGS}/access.log", requests(8, 9))
    [message] = load(home, web_logs.SOURCE).messages
    assert "the 7 lines that it held before are in no file any more" in message
    assert "put the older one beside it under another name" in message
    assert counted(home) == [8, 9]
    assert night(home, access__log__1=requests(1, 7)) == list(range(1, 10))


def test_a_rotated_log_whose_successor_was_not_written_yet(home: Home) -> None:
    night(home, access__log=requests(1, 5))
    home.path.joinpath("landing", LOGS, "access.log").unlink()
    assert night(home, access__log__1=requests(1, 7)) == list(range(1, 8))


def test_logs_that_only_share_some_lines_both_count(home: Home) -> None:
    both = night(home, a=requests(1, 9), b=requests(1, 8) + requests(30, 32))
    assert both == sorted([*range(1, 10), *range(1, 9), 30, 31, 32])


def test_a_grown_export_takes_the_place_of_its_beginning(home: Home) -> None:
    """A heading in common, and a few bytes of rows, bring no two files together."""
    home.deliver("till/sales/a.csv", sales(1, 3))
    home.deliver("till/sales/b.csv", sales(1, 9))
    home.deliver("till/sales/c.csv", sales(11, 19))
    load(home)
    assert told(home).rows(
        "select path[-5:] from staging.stg_ledger__current_files order by 1"
    ) == [("b.csv",), ("c.csv",)]


def test_full_exports_and_lists_keep_their_own_rules(home: Home) -> None:
    """An export that begins as the one before replaces it; each list is its own."""
    for source in (
        replace(TILL, tables=(replace(SALES, delivery="full"),)),
        replace(TILL, tables=(replace(SALES, apart=True),)),
    ):
        home.deliver("till/sales/a.csv", sales(1, 3))
        home.deliver("till/sales/b.csv", sales(1, 9))
        load(home, source)
        assert home.warehouse("select * from raw_ledger.beginnings") == []
        assert told(home).rows(
            "select path[-5:] from staging.stg_ledger__current_files order by 1"
        ) == [("a.csv",), ("b.csv",)]
        home.path.joinpath("warehouse.duckdb").unlink()
    assert lists.SOURCE.tables[0].apart


def test_the_warehouse_of_an_earlier_release_is_taken_over(home: Home) -> None:
    """What was loaded then has no beginnings; what comes now has."""
    night(home, a=requests(1, 5))
    with duckdb.connect(str(home.path / "warehouse.duckdb")) as connection:
        connection.execute("drop table raw_ledger.beginnings")
        for name in ("content_bytes", "heads"):
            connection.execute(f"alter table raw_ledger.files drop column {name}")
    assert night(home, b=requests(20, 25), c=requests(20, 29)) == [
        *range(1, 6), *range(20, 30),
    ]  # fmt: skip


@pytest.mark.parametrize("piece", [1, 7, 64, 1000, 1 << 20])
def test_every_beginning_is_found_in_one_pass(piece: int) -> None:
    text = requests(1, 60)
    known, expected = Contents(), []
    ends = [end for end in range(1, len(text)) if text[end - 1] == ord("\n")]
    for size in {1, 63, *ends, *(end - 1 for end in ends), 1000, len(text)}:
        for content in (text[:size], text[: size - 1] + b"#"):
            hashing = Hashing(Contents())
            hashing.update(content)
            known.add(hashing.content)
            if content != text and text.startswith(content):
                expected.append(hashing.content.file_id)
    hashing = Hashing(known)
    for start in range(0, len(text), piece):
        hashing.update(text[start : start + piece])
    assert sorted(hashing.begins_with) == sorted(expected)
    assert hashing.content.size == len(text)


def test_files_with_a_heading_in_common_are_not_compared() -> None:
    """However short they are: ten thousand of them cost ten thousand looks."""
    known = Contents()
    for number in range(50):
        hashing = Hashing(known)
        hashing.update(sales(number, number + number % 3).encode())
        assert known.longer(hashing.content) == []
        assert [*known.shorter(hashing.content.heads[-1])] == []
        known.add(hashing.content)
