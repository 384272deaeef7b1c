"""How one file writes numbers and days: decided from all its values, never per row."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

import duckdb

from ingestion.files import code_pages
from ingestion.files.assumed import NOTHING, Assumed
from ingestion.files.ids import ROUNDED, is_short_id, long_id, spoilt
from ingestion.files.numbers import (
    NO_HINTS,
    SLIP_RATE,
    Hints,
    bare_number,
    decide_numbers,
)
from ingestion.files.plain import Refused, Unclear
from ingestion.sql import identifier, literal
from ingestion.tables import Column, Decision, Kind

DECISIONS: tuple[str, ...] = (*get_args(Decision), *code_pages.NAMES)
NULL_TOKENS = "('', '-', '--', 'n/a', 'N/A', '#N/A', 'NULL', 'null')"

_WANTED = {
    "integer": "a whole number",
    "decimal": "a number",
    "timestamp": "a time like 2026-01-31 14:05:00",
    "date": "a day like 2026-01-31",
    "log_time": "a time like 31/Jan/2026:14:05:00 +0000",
    "salesforce_id": "an id",
}
# DuckDB reads 10/11/12 as a day of the year 10. Engines end at the year 9999, and what
# lies beyond, infinity too, is no time of anybody's.
_FIRST_DAY, _AFTER_DAYS = "1000-01-01", "10000-01-01"
# An amount of a trillion is an article number in the wrong column. What is smaller may
# be multiplied by a rate and summed over ten thousand rows: decimal(18, 2) holds it.
_AMOUNT = "decimal(14, 2)"
_TIMES = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", " %H:%M:%S.%f")
_SPELLED_OUT = ("%d %b %y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")
# A cast to timestamp would drop the offset.
_OFFSET = r"\d\d:\d\d(?::\d\d(?:[.]\d+)?)? ?[+-]\d\d(?::?\d\d)?$"
_SLASHED = r"^(\d{1,2})([./-])(\d{1,2})[./-](\d{4}|\d{2})(?:\D|$)"


@dataclass(frozen=True)
class Dialect:
    """What a file's values showed; None where nothing in it depends on it.

    `because` says by what else the order of days was settled.
    """

    is_decimal_comma: bool = False
    is_day_first: bool | None = None
    currency: str | None = None
    because: str = ""

    def __str__(self) -> str:
        """Words for the record of files."""
        said = ["decimal comma"] * self.is_decimal_comma
        if self.is_day_first is not None:
            order = "day first" if self.is_day_first else "month first"
            said.append(f"{order} {self.because}".rstrip())
        return ", ".join(said)


def failing(column: Column) -> str:
    """SQL: the value is not written as raw tables have it. Cheap, for every row."""
    name = identifier(column.name)
    if column.kind == "text":
        found = [_missing(column)] if column.required else []
        return " or ".join(found + spoilt(column))
    if column.kind == "salesforce_id":
        short = f"{is_short_id(name)} or {name} <> {_trimmed(name)}"
        return f"{_missing(column)} or {short}" if column.required else short
    value = f"try_cast({name} as {_type(column.kind)})"
    padded = f"{name} <> {_trimmed(name)}"
    has_offset = (
        f"(length({name}) > 19 and (contains({name}, '+')"
        f" or contains({name}[-6:], '-')))"
    )
    if column.kind == "log_time":
        return (
            f"not {_is_log_time(name)} or (not contains({name}, '/') and {has_offset})"
        )
    if column.kind == "integer":
        # The cast alone would round 1.5, and take 007 for another text than 7.
        wrong = (
            f"{_is_beyond(column, value)} is not false"
            f" or {name} <> cast({value} as varchar)"
        )
    elif column.kind == "decimal":
        wrong = f"{value} is null or {padded} or contains({name}, '_')"
    else:
        wrong = f"{_is_beyond(column, value)} is not false or {padded}"
    if column.kind == "timestamp":
        wrong += f" or {has_offset}"
    return f"({wrong})" if column.required else f"({name} is not null and ({wrong}))"


def checked(
    rows: str,
    columns: Iterable[Column],
    names: Iterable[str],
    dialect: Dialect,
    said: Iterable[str] = (),
) -> str:
    """SQL: `rows` with their values as raw tables have them, and `_wrong`.

    `_wrong` says what is wrong with a row, or is null; `said` is SQL of what is wrong
    with several columns at once. What cannot be read stays as it was written. One
    select over the other, so that no expression is written twice.
    """
    typed = [column for column in columns if column.kind != "text"]
    steps = [rows]
    for step in (_bare, _plain, _value):
        found = ", ".join(
            f"{step(column, dialect)} as {_part(column)}" for column in typed
        )
        if found:
            others = f" exclude ({', '.join(map(_part, typed))})" * (len(steps) > 1)
            steps.append(f"select *{others}, {found} from ({steps[-1]})")
    wrong = ", ".join([*(_wrong(column) for column in columns), *said, "null"])
    kept = {column.name: _kept(column) for column in typed}
    listed = ", ".join(
        f"{kept.get(name, identifier(name))} as {identifier(name)}" for name in names
    )
    return (
        f"select {listed}, _raw, _is_good, _is_blank, coalesce({wrong}, null) as _wrong"
        f" from ({steps[-1]})"
    )


def _part(column: Column) -> str:
    return identifier(f"_{column.name}_read")


def _missing(column: Column) -> str:
    return f"coalesce(trim({identifier(column.name)}), '') in {NULL_TOKENS}"


def _wrong(column: Column) -> str:
    absent = f"'{column.name} is missing'" if column.required else "null"
    if column.kind == "text" and not column.required and not spoilt(column):
        return "null"
    case = f"case when {_missing(column)} then {absent}"
    for wrong in spoilt(column):
        case += f" when {wrong} then '{column.name} is {ROUNDED}'"
    if column.kind != "text":
        wrong = f"'{column.name} is not {_WANTED[column.kind]}'"
        beyond = f"'{column.name} is {_too_far(column)}'"
        case += (
            f" when {_part(column)} is null then case when {_looks_too_far(column)}"
            f" then {beyond} else {wrong} end"
        )
    return f"{case} end"


def _too_far(column: Column) -> str:
    if column.kind == "decimal":
        return "beyond 999,999,999,999.99: perhaps a number of another column"
    if column.kind == "integer":
        return f"beyond {_most(column):,}: perhaps a number of another column"
    return "outside the years 1000 to 9999"


def _looks_too_far(column: Column) -> str:
    """SQL: the value that could not be used is a number or a time all the same."""
    name = identifier(column.name)
    if column.kind in ("integer", "decimal"):
        size = f"abs(try_cast({bare_number(name)} as double))"
        # A thousandth less than a trillion is rounded to it.
        least = "999999999999.99" if column.kind == "decimal" else _most(column)
        return f"coalesce({size} >= {least} and isfinite({size}), false)"
    kind = "date" if column.kind == "date" else "timestamptz"
    return f"try_cast({_trimmed(name)} as {kind}) is not null"


def _kept(column: Column) -> str:
    part = _part(column)
    return (
        f"case when not {_missing(column)}"
        f" then coalesce({part}, {identifier(column.name)}) end"
    )


def decide(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    columns: Iterable[Column],
    decisions: set[str],
    assumed: Assumed = NOTHING,
    hints: Hints = NO_HINTS,
) -> Dialect:
    """Read numbers and days of all `rows` for what they show of the file.

    Raises Unclear when both readings fit and nobody decided: the message says which
    columns, and what to write into decisions/files.csv.
    """
    columns = list(columns)
    numbers = [c for c in columns if c.kind in ("integer", "decimal")]
    days = [c for c in columns if c.kind in ("date", "timestamp")]
    is_comma, currency = False, None
    if numbers:
        is_comma, currency = decide_numbers(
            connection, rows, numbers, decisions, assumed.words, hints
        )
    is_day_first, is_shown = None, True
    if days:
        is_day_first, is_shown = _decide_days(
            connection, rows, days, decisions, assumed
        )
    because = "" if is_shown else assumed.because
    return Dialect(is_comma, is_day_first, currency, because)


def _decide_days(connection, rows, columns, decisions, assumed):
    """Whether the day comes first, or None; and whether values or a decision say so."""
    values = _unpivoted(rows, columns)
    [(day_first, month_first, unclear, equal, others)] = connection.execute(
        "select count(*) filter (b <= 12 and (a > 12 or parts.s = '.')),"
        " count(*) filter (a <= 12 and b > 12 and parts.s <> '.'),"
        " count(*) filter (a <= 12 and b <= 12 and a <> b and parts.s <> '.'),"
        " count(*) filter (a = b), count(written) filter (a is null)"
        " from (select written, parts, try_cast(parts.a as integer) as a,"
        " try_cast(parts.b as integer) as b from (select written,"
        f" regexp_extract(written, {literal(_SLASHED)}, ['a', 's', 'b', 'y']) as parts"
        f" from ({values})))"
    ).fetchall()
    if "day_first" in decisions or "month_first" in decisions:
        return "day_first" in decisions, True
    names = ", ".join(c.name for c in columns)
    if min(day_first, month_first) > SLIP_RATE * (day_first + month_first):
        raise Refused(
            f"{day_first} days of {names} begin with the day and {month_first} with"
            " the month; export it with days like 2026-01-31"
        )
    if day_first or month_first:
        return day_first > month_first, True
    if unclear and {"day_first", "month_first"} & assumed.words:
        return "day_first" in assumed.words, False
    if unclear > SLIP_RATE * (unclear + others):
        raise Unclear(
            f"whether 03/04/2026 is in March or in April cannot be told: none of the"
            f" {unclear} days of {names} shows it. Export it with days like 2026-01-31,"
            " or add a line with the file's path, or its folder, and"
            " day_first or month_first to decisions/files.csv"
        )
    return True if equal and not unclear else None, True


def _unpivoted(rows: str, columns: list[Column]) -> str:
    """A row for each value of the columns, after one look at the rows."""
    listed = ", ".join(f"trim({identifier(c.name)})" for c in columns)
    return f"select unnest([{listed}]) as written from ({rows})"


def _type(kind: Kind) -> str:
    types = {"integer": "bigint", "decimal": _AMOUNT}
    return types.get(kind, kind)


def _most(column: Column) -> int:
    """An id may be as long as a bigint; what is multiplied and summed may not."""
    if column.name.endswith("_id"):
        return 2**63 - 1
    return 10**15 - 1 if column.name.endswith("_micros") else 2**31 - 1


def _is_beyond(column: Column, value: str) -> str:
    """SQL: a number or a time that no model can hold; null where `value` is null."""
    if column.kind == "integer":
        return f"({value} not between -{_most(column)} and {_most(column)})"
    return f"({value} < '{_FIRST_DAY}' or {value} >= '{_AFTER_DAYS}')"


def _bare(column: Column, dialect: Dialect) -> str:
    """The text without what stands around it."""
    name = identifier(column.name)
    if column.kind in ("integer", "decimal"):
        return bare_number(name)
    if column.kind == "log_time":
        return name
    return _trimmed(f"translate({name}, '\u00a0\u202f', '  ')")


def _plain(column: Column, dialect: Dialect) -> str:
    """A number with a decimal point and nothing else, a day in slashes."""
    part = _part(column)
    if column.kind in ("integer", "decimal"):
        point, group = ("[.]", ",")
        if dialect.is_decimal_comma:
            point, group = (",", "[.]")
        # Thousands, or lakhs: 1,50 is neither.
        grouped = rf"(?:{group}\d{{2,3}})*{group}\d{{3}}|(?: \d{{3}})+|(?:''\d{{3}})+"
        return (
            rf"case when regexp_full_match({part}, '[+-]?(?:\d{{1,3}}(?:{grouped})"
            rf"|\d*)(?:{point}\d*)?(?:[eE][+-]?\d+)?') then replace("
            f"regexp_replace({part}, '{group}|[ '']', '', 'g'), ',', '.') end"
        )
    if column.kind not in ("date", "timestamp") or dialect.is_day_first is None:
        return part
    return (
        rf"regexp_replace({part}, '^(\d{{1,2}})[./-](\d{{1,2}})[./-]"
        rf"(\d{{4}}|\d{{2}})(?:[T,]? +|T)?', '\1/\2/\3 ')"
    )


def _value(column: Column, dialect: Dialect) -> str:
    """The text that raw tables hold, or null."""
    part = _part(column)
    if column.kind == "salesforce_id":
        return long_id(part)
    if column.kind == "decimal":
        return f"case when try_cast({part} as {_AMOUNT}) is not null then {part} end"
    if column.kind == "integer":
        exact = f"try_cast({part} as decimal(38, 9))"
        whole = f"try_cast({exact} as bigint)"
        return (
            f"case when {exact} % 1 = 0 and not {_is_beyond(column, whole)}"
            f" then cast({whole} as varchar) end"
        )
    # DuckDB wants the seconds, and no space before the offset.
    timed = rf"regexp_replace({part}, '([T ]\d\d:\d\d) ?([+-])', '\1:00\2')"
    at = rf"try_cast(regexp_replace({timed}, ' ?([+-]..):?(..)$', '\1:\2')"
    at = f"timezone('UTC', {at} as timestamptz))"
    zoned = (
        f"when regexp_matches({part}, {literal(_OFFSET)}) then case when not"
        f" {_is_beyond(column, at)} then strftime({at}, '%Y-%m-%d %H:%M:%S.%f') end"
    )
    if column.kind == "log_time":
        return (
            f"case when contains({part}, '/') and {_is_log_time(part)} then {part}"
            f" {zoned} when {_is_log_time(part)} then {part} end"
        )
    shape = "%Y-%m-%d" if column.kind == "date" else "%Y-%m-%d %H:%M:%S"
    formats = list(_SPELLED_OUT)
    text = part
    if dialect.is_day_first is None:
        text = rf"regexp_replace({part}, '[ ,.-]+', ' ', 'g')"
    elif dialect.is_day_first:
        formats = ["%d/%m/%y", "%d/%m/%Y"]
    else:
        formats = ["%m/%d/%y", "%m/%d/%Y"]
    listed = ", ".join(literal(day + time) for day in formats for time in _TIMES)
    first = zoned if column.kind == "timestamp" else ""
    at = f"try_strptime(trim({text}), [{listed}])"
    # A day without a time stays one: where it begins is said by the time zone.
    return (
        f"case {first} when not"
        f" {_is_beyond(column, f'try_cast({part} as {column.kind})')} then {part}"
        f" when contains({part}, ':') then strftime({at}, '{shape}')"
        rf" when regexp_matches({part}, '\d') then strftime({at}, '%Y-%m-%d') end"
    )


def _trimmed(name: str) -> str:
    return f"trim({name}, ' \t\r\n')"


def _is_log_time(name: str) -> str:
    """As a server writes it, or as ISO has it; the second is asked where needed."""
    # DuckDB's strptime reads `infinity` as a day of 1900.
    as_logged = (
        f"case when contains({name}, '/')"
        f" then try_strptime({name}, '%d/%b/%Y:%H:%M:%S %z') end"
    )
    as_iso = f"cast(try_cast({name} as timestamp) as timestamptz)"
    at = f"coalesce({as_logged}, {as_iso})"
    return f"coalesce({at} >= '{_FIRST_DAY}' and {at} < '{_AFTER_DAYS}', false)"
