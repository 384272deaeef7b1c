"""Numbers and times that no model can hold are set aside at loading, and why."""

from pathlib import Path

import pytest

from ingestion.tables import Column, Source, Table
from tests.conftest import Home
from tests.test_loading import load, looks, read, rows

ODD = Table(
    "odd",
    "odd/*",
    (
        Column("sale_id", required=True),
        Column("amount", "decimal"),
        Column("pieces", "integer"),
        Column("cost_micros", "integer"),
        Column("till_id", "integer"),
        Column("sold_on", "date"),
        Column("sold_at", "timestamp"),
        Column("logged_at", "log_time"),
    ),
)
SOURCE = Source("till", "What a till wrote.", (ODD,))
TOO_FAR = "outside the years 1000 to 9999"
BEYOND = "beyond 999,999,999,999.99: perhaps a number of another column"
PIECES = "beyond 2,147,483,647: perhaps a number of another column"
# Value of a column, and what is said of it; where nothing is, it is kept as it is.
VALUES = [
    ("amount", "999999999999.99", ""),
    ("amount", "-999999999999.99", ""),
    ("amount", "-0", ""),
    ("amount", "0.000000001", ""),
    ("amount", "1000000000000", BEYOND),
    ("amount", "-4006381333931", BEYOND),
    ("amount", "999999999999.999", BEYOND),
    ("amount", "1e30", BEYOND),
    ("amount", "9" * 60, BEYOND),
    ("amount", "NaN", "not a number"),
    ("amount", "inf", "not a number"),
    ("amount", "1e999", "not a number"),
    ("pieces", "2147483647", ""),
    ("pieces", "2147483648", PIECES),
    ("pieces", "-9223372036854775808", PIECES),
    ("pieces", "9223372036854775808", PIECES),
    ("pieces", "1e30", PIECES),
    ("pieces", "NaN", "not a whole number"),
    ("cost_micros", "999999999999999", ""),
    ("cost_micros", "1000000000000000", "beyond 999,999,999,999,999"),
    ("till_id", "9223372036854775807", ""),
    ("till_id", "9223372036854775808", "beyond 9,223,372,036,854,775,807"),
    *(
        (name, day, said)
        for name in ("sold_on", "sold_at")
        for day, said in (
            ("1000-01-01", ""), ("9999-12-31", ""), ("0999-12-31", TOO_FAR),
            ("0001-01-01", TOO_FAR), ("10000-01-01", TOO_FAR),
            ("infinity", TOO_FAR), ("-infinity", TOO_FAR), ("now", "not a"),
            ("today", "not a"), ("0000-00-00", "not a"),
        )
    ),
    ("sold_at", "9999-12-31 23:59:59.999999", ""),
    ("sold_at", "9999-12-31T23:59:59-12:00", TOO_FAR),
    ("sold_at", "1000-01-01T00:00:00+14:00", TOO_FAR),
    ("sold_at", "0001-01-01T00:00:00Z", TOO_FAR),
    ("sold_at", "294247-01-10 04:00:54", TOO_FAR),
    ("logged_at", "31/Dec/9999:23:59:59 +0000", ""),
    ("logged_at", "01/Jan/0001:00:00:00 +0000", "not a time"),
    ("logged_at", "infinity", TOO_FAR),
    ("logged_at", "294247-01-10 04:00:54", TOO_FAR),
]  # fmt: skip


def text_of(values: list[tuple[str, str, str]]) -> str:
    names = [column.name for column in ODD.columns]
    lines = [",".join(names)]
    for number, (name, value, _) in enumerate(values):
        cells = {"sale_id": f"s{number}", name: value}
        lines.append(",".join(cells.get(column, "") for column in names))
    return "\n".join([*lines, ""])


@pytest.mark.parametrize("name", [column.name for column in ODD.columns[1:]])
def test_what_is_beyond_is_told_from_what_is_none(tmp_path: Path, name: str) -> None:
    """By the reader that checks first."""
    values = [value for value in VALUES if value[0] == name]
    reading = read(text_of(values), tmp_path, ODD)
    said = {reject.line - 2: reject.error for reject in reading.rejects}
    for number, (column, value, wanted) in enumerate(values):
        if not wanted:
            assert number not in said, (value, said.get(number))
        else:
            assert said.get(number, "").startswith(f"{column} is "), value
            assert wanted in said[number], value
    assert [row[0] for row in rows(reading, name)] == [
        value for _, value, wanted in values if not wanted
    ]


def test_a_file_that_is_loaded_first_keeps_none_of_them(home: Home) -> None:
    """By the check in the raw table, a file for each value."""
    for number, value in enumerate(VALUES):
        home.deliver(f"till/odd/{number:03}.csv", text_of([value]))
    load(home, SOURCE)
    kept = home.warehouse(
        "select coalesce(amount, pieces, cost_micros, till_id, sold_on, sold_at,"
        " logged_at) from raw_till.odd order by 1"
    )
    held = sorted(value for _, value, said in VALUES if not said)
    assert [value for (value,) in kept] == held
    refused = [path for path, status, _, _ in looks(home) if status == "refused"]
    assert len(refused) == sum(bool(said) for *_, said in VALUES)
