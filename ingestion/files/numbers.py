"""How a file writes its numbers: with a decimal point or comma, in which currency."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

import duckdb

from ingestion.files.languages import COMMA
from ingestion.files.plain import Refused, Unclear
from ingestion.sql import identifier, literal
from ingestion.tables import Column, Table

# Of two readings the rarer must be a slip for the other to be taken.
SLIP_RATE = 0.01
_CURRENCIES = {"€": "EUR", "£": "GBP", "zł": "PLN", "R$": "BRL", "US$": "USD"}
_CURRENCY = r"(?:[A-Z]{3}|US\$|R\$|\$|€|£|¥|₹|kr\.?|zł|Fr\.)"
# ISO 4217: what has no cents, and what has thousandths.
NO_CENTS = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
    "VND", "VUV", "XAF", "XOF", "XPF",
)  # fmt: skip
THOUSANDTHS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
_UNCLEAR = r"[+-]?[1-9]\d{0,2}[.,]\d{3}"
_DECIDE = (
    "add a line with the file's path, or its folder, and decimal_comma or"
    " decimal_point to decisions/files.csv"
)


class Undecided(Unclear):
    """Both readings of the numbers fit, and nothing in the file decides."""


@dataclass(frozen=True)
class Hints:
    """What a file shows of its numbers beside them.

    `language` of its headings; `is_typed` where cells were numbers; `currencies` are
    the columns that say whose money the amounts in another are.
    """

    language: str | None = None
    is_typed: bool = False
    currencies: tuple[tuple[str, str], ...] = ()


NO_HINTS = Hints()


def currencies_of(table: Table, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Columns of money of a table, each with the column that says its currency."""
    names = list(names)
    pairs = []
    for column in table.columns:
        if column.kind == "decimal" and column.is_money and column.name in names:
            converted = column.name.startswith("converted_")
            spoken = (
                ("converted_currency",)
                if converted
                else ("currency", "currency_iso_code")
            )
            pairs += [(column.name, name) for name in spoken if name in names][:1]
    return tuple(pairs)


def thousandths(table: Table, names: Iterable[str], part: str = "{}") -> list[str]:
    """SQL for each column of money: why its value is none of a currency without cents.

    12.345 yen are twelve thousand, or somebody's slip; never twelve. `part` names the
    column where the number stands with a decimal point.
    """
    codes = ", ".join(map(literal, NO_CENTS))
    found = []
    for name, currency in currencies_of(table, names):
        code = f"upper(trim({identifier(currency)}))"
        number = identifier(part.format(name))
        found.append(
            f"case when {code} in ({codes}) and regexp_full_match({number},"
            rf" '[+-]?\d{{1,3}}[.]\d{{3}}') then {literal(name)} || ' has thousandths,"
            f" and ' || {code} || ' has no cents: perhaps they are thousands' end"
        )
    return found


def shows(names: Iterable[str]) -> str:
    """SQL over plain numbers: one of them can only have a decimal point."""
    return " or ".join(
        f"(contains({name}, '.') and not {_hides(name)})"
        for name in map(identifier, names)
    )


def hides(names: Iterable[str]) -> str:
    """SQL over plain numbers: one of them may have a mark for thousands."""
    return " or ".join(map(_hides, map(identifier, names)))


def _hides(name: str) -> str:
    found = rf"regexp_full_match({name}, '[+-]?[1-9]\d{{0,2}}[.]\d{{3}}')"
    return f"({name}[-4] = '.' and {found})"


def decide_numbers(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    columns: list[Column],
    decisions: Iterable[str],
    assumed: Container[str] = (),
    hints: Hints = NO_HINTS,
) -> tuple[bool, str | None]:
    """Whether a comma is the decimal mark, and the currency that amounts are said in.

    Decided by numbers that can be read in one way only; else by currencies without
    cents, by numbers of the file that are not grouped, by its language; else as
    `assumed`. Raises Undecided where nothing decides, Refused where the file
    contradicts itself.
    """

    def pattern(point: str, group: str) -> str:
        grouped = rf"\d{{1,3}}(?:{group}\d{{3}})"
        return (
            rf"[+-]?(?:{grouped}*{point}(?:\d{{1,2}}|\d{{4,}})"
            rf"|\d+{point}(?:\d{{1,2}}|\d{{4,}})|0?{point}\d+"
            rf"|{grouped}+{point}\d*|{grouped}{{2,}})"
        )

    def count(text: str, decimals: str, point: str, group: str) -> str:
        whole = rf"[+-]?\d{{1,3}}(?:{group}\d{{3}})+"
        return (
            f"count(*) filter (regexp_full_match({text},"
            f" {literal(pattern(point, group))}) or (not {decimals} and"
            f" regexp_full_match({text}, {literal(whole)})))"
        )

    # What groups digits by a space or an apostrophe says nothing of the point.
    text = f"translate({bare_number('written')}, ' ''', '')"
    none, three = (
        f"code in ({', '.join(map(literal, codes))})"
        for codes in (NO_CENTS, THOUSANDTHS)
    )
    [counts] = connection.execute(
        f"select {count('bare', 'is_decimal', ',', '[.]')},"
        f" {count('bare', 'is_decimal', '[.]', ',')},"
        " count(*) filter (is_unclear), count(*) filter (is_unclear and"
        " contains(bare, ',')),"
        f" count(*) filter (is_unclear and {none}),"
        f" count(*) filter (is_unclear and {three}),"
        # Nobody groups fewer than five digits everywhere.
        " count(*) filter (is_decimal"
        r" and regexp_full_match(bare, '[+-]?[1-9]\d{4,}')),"
        " list(distinct currency) filter (currency <> ''"
        r" and regexp_matches(written, '\d'))"
        " from (select *, is_decimal and regexp_full_match(bare,"
        f" {literal(_UNCLEAR)}) as is_unclear from (select *, {text} as bare,"
        rf" regexp_extract(written, '(?:^|[\d\s+-])({_CURRENCY})(?:[\d\s+-]|$)', 1)"
        f" as currency from ({_values(rows, columns, hints)})"
        " where written is not null))"
    ).fetchall()
    commas, points, unclear, unclear_commas, whole, fine, ungrouped, found = counts
    currency = _said_currency(found)
    if "decimal_comma" in decisions or "decimal_point" in decisions:
        return "decimal_comma" in decisions, currency
    if commas and points and min(commas, points) > SLIP_RATE * (commas + points):
        raise Refused(
            f"{commas} numbers have a decimal comma and {points} a decimal point;"
            " export it in one language and deliver it again"
        )
    if commas or points:
        return commas > points, currency
    if not unclear:
        return False, currency
    if currency in NO_CENTS:
        whole = unclear
    elif currency in THOUSANDTHS:
        fine = unclear
    is_comma = _by_hints(unclear, unclear_commas, whole, fine, ungrouped, hints)
    if is_comma is None and ("decimal_comma" in assumed or "decimal_point" in assumed):
        is_comma = "decimal_comma" in assumed
    if is_comma is None:
        names = ", ".join(c.name for c in columns if c.kind == "decimal")
        raise Undecided(
            f"whether 1.234 and 1,234 are thousands cannot be told: none of the"
            f" {unclear} numbers of {names} shows it, nor a currency or a language."
            f" Deliver more rows, or {_DECIDE}"
        )
    return is_comma, currency


def _by_hints(
    unclear: int,
    unclear_commas: int,
    whole: int,
    fine: int,
    ungrouped: int,
    hints: Hints,
) -> bool | None:
    """Whether a comma is the decimal mark, of numbers like 1.234 or 1,234 alone.

    `whole` of them have a currency without cents, `fine` one with thousandths;
    `ungrouped` numbers beside them are written without marks for thousands.
    """
    if 0 < unclear_commas < unclear:
        return None
    is_group_comma = bool(unclear_commas)
    groups = whole > 0 and fine == 0 and not (ungrouped and not hints.is_typed)
    marks = (fine > 0 or ungrouped > 0) and whole == 0
    if groups:
        return not is_group_comma
    if marks:
        return is_group_comma
    if whole or fine:
        return None
    if hints.is_typed and not is_group_comma:
        return False
    return True if hints.language in COMMA and not is_group_comma else None


def _said_currency(found: list[str] | None) -> str | None:
    codes = {_CURRENCIES.get(text, text) for text in found or ()}
    if len(codes) != 1:
        return "several" if codes else None
    [code] = codes
    return code if code.isalpha() and len(code) == 3 else None


def _values(rows: str, columns: list[Column], hints: Hints) -> str:
    """A row for each value of the columns, after one look at the rows."""
    spoken = dict(hints.currencies)
    pairs = ", ".join(
        f"{{written: trim({identifier(c.name)}), is_decimal: {c.kind == 'decimal'},"
        f" code: {_code(spoken.get(c.name))}}}"
        for c in columns
    )
    return f"select unnest([{pairs}], recursive := true) from ({rows})"


def _code(name: str | None) -> str:
    return f"upper(trim({identifier(name)}))" if name else "cast(null as varchar)"


def bare_number(name: str) -> str:
    """SQL: without currency, odd spaces, and the accountants' signs for negatives."""
    plain = f"translate({name}, '\u00a0\u202f\u2212\u2019', '  -''')"
    plain = f"trim({plain}, ' \t\r\n')"
    signed = rf"regexp_replace({plain}, '^(?:\((.+)\)|([^-]+)-)$', '-\1\2')"
    left = rf"regexp_replace({signed}, '^([+-]?)\s*{_CURRENCY}\s*', '\1')"
    return rf"regexp_replace({left}, '\s*{_CURRENCY}$', '')"
