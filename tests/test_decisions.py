"""Decisions that cannot be followed are refused with file, line and cure."""

from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings
from orchestration import decisions
from tests.conftest import Home

HEADING = "decision,record_a,record_b,identifier_kind,value,author,reason,expires_on\n"


A, B = "hubspot.contact:1", "shop.customer:2"


def written(home: Home, text: str | bytes, name: str = "identity.csv") -> Path:
    file = home.path / "decisions" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def restored(home: Home, text: str | bytes) -> int:
    written(home, text)
    with duckdb.connect() as connection:
        return decisions.restore(connection, Settings(home=home.path))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            f"unite,{A},{B},,,ann,twins,",
            "line 2: 'unite' is not a decision; use one of",
        ),
        (
            f"must_link,{A},,,,ann,twins,",
            "line 2: must_link needs a value under record_b",
        ),
        ("block_value,,,email,,ann,fair,", "block_value needs a value under value"),
        (f"split,{A},,,,,mistake,", "split needs a value under author"),
        (f"split,{A},,,,ann,,", "split needs a value under reason"),
        (f"cannot_link,{A},{A},,,ann,same,", "record_b are the same record"),
        ("split,shop.customer,,,,ann,x,", "record_a is 'shop.customer'; expected <so"),
        (f"must_link,{A},hubspot:2,,,ann,x,", "record_b is 'hubspot:2'; expected <so"),
        ("block_value,,,mail,a@b.de,ann,x,", "'mail' is no kind of identifier; use on"),
        ("block_value,,,fuzzy,a@b.de,ann,x,", "'fuzzy' is no kind of identifier; use"),
        (
            f"split,{A},,,,ann,a mistake, of mine,",
            "line 2: 9 values; expected 8, for d",
        ),
        (f"split,{A},,,,ann", "line 2: 6 values; expected 8, for decision,record_a,"),
        (
            f'split,{A},,,,ann,"a mistake,\nsplit,{B},,,,ann,x,',
            "unexpected end of data",
        ),
        (f"split,{A},,,,ann,mistake,1.2.2027", "write days as 2026-01-31"),
    ],
)
def test_a_decision_that_cannot_be_followed_is_named(
    home: Home, line: str, said: str
) -> None:
    with pytest.raises(ValueError, match=r"decisions/identity.csv, line 2") as error:
        restored(home, HEADING + line + "\n")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("decide,who\n", "headings are decide,who; expected decision,author,reason"),
        (HEADING.replace("value", "hash"), "headings are .*; expected some of decisi"),
        (HEADING.replace("value", "reason"), "reason is there twice; expected each"),
    ],
)
def test_a_wrong_heading_is_named(home: Home, heading: str, said: str) -> None:
    with pytest.raises(ValueError, match=rf"decisions/identity.csv, line 1: .*{said}"):
        restored(home, heading + f"split,{A},,,,ann,mistake,\n")


def test_another_encoding_is_named_with_its_file(home: Home) -> None:
    text = (HEADING + f"split,{A},,,,Jürgen,mistake,\n").encode("cp1252")
    with pytest.raises(ValueError, match=r"identity.csv, after .*CSV file in UTF-8"):
        restored(home, text)


@pytest.mark.parametrize("text", ["", "\ufeff", "\r\n", ",,,\n"])
def test_an_empty_file_is_no_decision(home: Home, text: str) -> None:
    assert restored(home, text) == 0


def test_empty_lines_are_skipped(home: Home) -> None:
    line = f"split,{A},,,,ann,mistake,\n"
    assert restored(home, f"{HEADING},,,,,,,\n{line}\n , ,,,,,,\n{line}") == 2


def test_no_file_of_decisions_is_left_unread(home: Home) -> None:
    written(home, "path,decision\n", "files.csv")
    written(home, "half a line", ".identity.csv")
    assert restored(home, HEADING) == 0
    written(home, HEADING, "identity-2.csv")
    with pytest.raises(ValueError, match=r"identity-2.csv is read by nothing; expecte"):
        restored(home, HEADING)


def test_no_file_is_no_decision(home: Home) -> None:
    with duckdb.connect() as connection:
        assert decisions.restore(connection, Settings(home=home.path)) == 0
    assert restored(home, HEADING + f"split,{A},,,,ann,mistake,2027-01-31\n") == 1
