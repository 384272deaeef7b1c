"""Days of 1 to 12 say nothing of their order: other files do, or somebody decides."""

from dataclasses import replace

import pytest

from tests.conftest import Home
from tests.test_code_pages import decide
from tests.test_formats import AMBIGUOUS
from tests.test_loading import SALES, TILL, assert_accounted, load

HEAD = b"sale_id,item,pieces,sold_at\n"
DAY_FIRST = HEAD + b"11,tea,1,31/05/2026\n"
MONTH_FIRST = HEAD + b"12,tea,1,05/31/2026\n"
TWO_TABLES = replace(TILL, tables=(SALES, replace(SALES, name="more", files="more/*")))
REFUSED = "refused: whether 03/04/2026 is in March or in April"


def first_day(home: Home) -> str:
    """When the first of the ambiguous sales was, as raw has it."""
    [(day,)] = home.warehouse("select sold_at from raw_till.sales where sale_id = '1'")
    return day


def read_as(home: Home, path: str) -> str:
    [(said,)] = home.warehouse(
        "select read_as from raw_ledger.files where status = 'loaded'"
        f" and path = 'till/sales/{path}'"
    )
    return said


@pytest.mark.parametrize("name", ["0.csv", "z.csv"])
@pytest.mark.parametrize(
    ("other", "day", "order"),
    [(DAY_FIRST, "2026-04-03", "day"), (MONTH_FIRST, "2026-03-04", "month")],
)
def test_another_file_of_the_night_settles_it(
    home: Home, name: str, other: bytes, day: str, order: str
) -> None:
    """Whichever of them is looked at first."""
    home.deliver("till/sales/a.csv", AMBIGUOUS)
    home.deliver(f"till/sales/{name}", other)
    assert load(home).messages == []
    assert first_day(home) == day
    assert read_as(home, "a.csv") == f"{order} first as its table's other files"
    assert_accounted(home)


def test_a_file_of_an_earlier_night_settles_it(home: Home) -> None:
    home.deliver("till/sales/z.csv", DAY_FIRST)
    load(home)
    home.deliver("till/sales/a.csv", AMBIGUOUS)
    assert load(home).messages == []
    assert first_day(home) == "2026-04-03"


def test_a_file_that_was_refused_is_read_when_another_shows_it(home: Home) -> None:
    home.deliver("till/sales/a.csv", AMBIGUOUS)
    [message] = load(home).messages
    assert REFUSED in message
    assert "the file's path, or its folder, and day_first or month_first" in message
    home.deliver("till/sales/z.csv", MONTH_FIRST)
    assert load(home).messages == []
    assert first_day(home) == "2026-03-04"


def test_files_that_disagree_settle_nothing(home: Home) -> None:
    home.deliver("till/sales/a.csv", AMBIGUOUS)
    home.deliver("till/sales/y.csv", DAY_FIRST)
    home.deliver("till/sales/z.csv", MONTH_FIRST)
    [message] = load(home).messages
    assert REFUSED in message


def test_another_table_settles_nothing(home: Home) -> None:
    home.deliver("till/sales/a.csv", AMBIGUOUS)
    home.deliver("till/more/z.csv", DAY_FIRST)
    [message] = load(home, TWO_TABLES).messages
    assert REFUSED in message


def test_what_was_assumed_is_no_evidence(home: Home) -> None:
    """Else one decision for a folder would go on when it is taken back."""
    decide(home, "till", "day_first")
    home.deliver("till/sales/a.csv", AMBIGUOUS)
    assert load(home).messages == []
    assert read_as(home, "a.csv") == "day first as decided for its folder"
    decide(home, "other", "day_first")
    home.deliver("till/sales/b.csv", AMBIGUOUS.replace(b"05/04", b"06/04"))
    [message] = load(home).messages
    assert REFUSED in message


@pytest.mark.parametrize("path", ["till", "till/", "till/sales", "till/sales/*"])
def test_a_decision_may_name_a_folder_or_a_source(home: Home, path: str) -> None:
    decide(home, path, "month_first")
    home.deliver("till/sales/a.csv", AMBIGUOUS)
    home.deliver("till/sales/z.csv", DAY_FIRST)
    assert load(home).messages == []
    assert first_day(home) == "2026-03-04"
    # What a file shows itself, no decision for many files can deny.
    assert home.warehouse(
        "select sold_at from raw_till.sales where sale_id = '11'"
    ) == [("2026-05-31",)]


def test_the_nearest_folder_decides(home: Home) -> None:
    file = home.path / "decisions" / "files.csv"
    file.parent.mkdir(parents=True)
    file.write_text("path,decision\ntill/sales,day_first\ntill,month_first\n")
    home.deliver("till/sales/a.csv", AMBIGUOUS)
    assert load(home).messages == []
    assert first_day(home) == "2026-04-03"


def test_numbers_are_settled_by_a_decision_for_a_folder(home: Home) -> None:
    prices = replace(
        TILL, tables=(replace(SALES, columns=(SALES.columns[0], replace(
            SALES.columns[2], name="price", kind="decimal", headings=(),
        ))),),
    )  # fmt: skip
    home.deliver("till/sales/a.csv", "sale_id;price\n1;1.234\n2;2.345\n")
    [message] = load(home, prices).messages
    assert "the file's path, or its folder, and decimal_comma or" in message
    decide(home, "till/sales", "decimal_comma")
    assert load(home, prices).messages == []
    assert home.warehouse("select price from raw_till.sales order by 1") == [
        ("1234",), ("2345",),
    ]  # fmt: skip


def test_a_smaller_export_is_accepted_file_by_file(home: Home) -> None:
    decide(home, "till/sales", "accept_smaller")
    with pytest.raises(ValueError, match="accept_smaller is for one file"):
        load(home)
