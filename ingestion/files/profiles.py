"""What the values of each column looked like in one load, without showing whose."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from unicodedata import combining

import duckdb

from ingestion.files.judged import is_total
from ingestion.sql import identifier
from ingestion.tables import Source, Table

_ROWS = 10_000
_COLUMNS_AT_ONCE = 250
_WIDEST_STRIPE = 64
_MOST_VALUES = 20
_FEWEST_ROWS = 50
_LONGEST_VALUE = 40
_EXAMPLES = 3

_KIND = r"""
    case
        when {0} is null then null
        when regexp_full_match({0}, '[+-]?(0|[1-9][0-9]*)') then 'integer'
        when regexp_full_match({0}, '[+-]?(0|[1-9][0-9]*)?[.][0-9]+') then 'decimal'
        when regexp_full_match({0}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')
            and try_cast({0} as date) is not null then 'date'
        when regexp_matches({0}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[ T]')
            and try_cast({0} as timestamp) is not null then 'timestamp'
        when lower({0}) in ('true', 'false', 'yes', 'no', 't', 'f', 'y', 'n')
            then 'boolean'
        when {0}[1] in ('{{', '[') and json_valid({0}) then 'json'
        else 'text'
    end"""

# Columns that may say who someone is, or hold what people wrote: nothing is shown.
_PERSONAL = re.compile(
    "mail|phone|mobile|fax|name|street|city|address|location|birth|postal|postcode|zip"
    "|ip|host|forward|handle|identi|user|contact|owner|agent|author|assignee|seller"
    "|sender|staff|employee|company|website|domain|url|path|query|request|target"
    "|referrer|text|note|body|comment|message|subject|title|label|(^|_)(ids?|tags?)(_|$)"
)


@dataclass(frozen=True)
class ColumnProfile:
    """One delivered column of a raw table in one load.

    `value_type` is what every value looked at reads as: integer, decimal, date,
    timestamp, boolean, json or text; None where there is none. `known_values` is a JSON
    array, sorted, of a column with few values; `examples` one of up to three values
    with letters as `a` and digits as `9`.
    """

    source_name: str
    table_name: str
    column_name: str
    load_id: str
    row_count: int
    null_count: int
    value_type: str | None
    known_values: str | None
    examples: str


def profile(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    table: Table,
    load_id: str,
    delivered: Collection[str] | None = None,
) -> list[ColumnProfile]:
    """Profiles of the columns that files of this load held (`delivered`), by name.

    Without `delivered`, of those that hold a value. At most 10,000 rows are looked at,
    or the first line of every file: the same ones whenever it is asked.
    """
    raw = f"raw_{source.name}.{table.name}"
    [(row_count, file_count)] = connection.execute(
        f"select count(*), count(distinct _file_id) from {raw} where _load_id = ?",
        [load_id],
    ).fetchall()
    names = [
        name
        for (name,) in connection.execute(
            "select column_name from information_schema.columns"
            " where table_schema = ? and table_name = ? order by column_name",
            [f"raw_{source.name}", table.name],
        ).fetchall()
        if not name.startswith("_") and (delivered is None or name in delivered)
    ]
    if not row_count or not names:
        return []
    seen, found = 0, []
    for start in range(0, len(names), _COLUMNS_AT_ONCE):
        # Not list(distinct …): over hundreds of columns that takes ten times as long.
        parts = ", ".join(
            f"count({column}), list_distinct(list({_KIND.format(column)})),"
            f" list_sort(list_distinct(list(left({column}, {_LONGEST_VALUE + 1}))))"
            f"[:{_MOST_VALUES + 1}]"
            for column in map(identifier, names[start : start + _COLUMNS_AT_ONCE])
        )
        [(seen, *some)] = connection.execute(
            f"select count(*), {parts} from {raw}"
            f" where _load_id = ? and {_stripes(row_count, file_count)}"
            f" and not ({is_total(table, table.column_names)})",
            [load_id],
        ).fetchall()
        found += some
    profiles = [
        ColumnProfile(
            source.name, table.name, name, load_id, seen, seen - count,
            _common_type(kinds or []),
            _known_values(name, table, count, kinds or [], values or []),
            _examples(values or []),
        )
        for name, count, kinds, values in zip(
            names, found[::3], found[1::3], found[2::3], strict=True
        )
    ]  # fmt: skip
    return [p for p in profiles if delivered is not None or p.value_type]


def _stripes(row_count: int, file_count: int) -> str:
    """SQL that takes stripes of lines, the first of every file among them.

    Over one column, so that DuckDB does not decode the rows between.
    """
    if row_count <= _ROWS:
        return "true"
    # Each file may give one stripe more than its share: at most half of the rows.
    width = max(1, min(_WIDEST_STRIPE, _ROWS // 2 // file_count))
    shared = max(_ROWS // 2, _ROWS - width * file_count)
    return f"(_line - 1) % {width * -(-row_count // shared)} < {width}"


def _common_type(kinds: list[str]) -> str | None:
    match sorted(kinds):
        case [] | [_]:
            return kinds[0] if kinds else None
        case ["decimal", "integer"]:
            return "decimal"
        case ["date", "timestamp"]:
            return "timestamp"
    return "text"


def _known_values(
    name: str, table: Table, count: int, kinds: list[str], values: list[str]
) -> str | None:
    """The values of a column that tells kinds apart, not people."""
    is_shown = (
        name in table.column_names
        and not _PERSONAL.search(name)
        and count >= _FEWEST_ROWS
        and len(values) <= _MOST_VALUES
        and set(kinds) <= {"text", "boolean"}
        and all(map(_is_plain, values))
    )
    return _json(values) if is_shown else None


def _is_plain(value: str) -> bool:
    return (
        len(value) <= _LONGEST_VALUE
        and value.isprintable()
        and not set(value) & set('@"\\')
        and sum(map(str.isnumeric, value)) < 5
    )


def _examples(values: list[str]) -> str:
    return _json(sorted({_masked(value) for value in values})[:_EXAMPLES])


def _masked(value: str) -> str:
    return "".join(
        "9" if c.isnumeric() else "a" if c.isalpha() or combining(c) else c
        for c in value[:_LONGEST_VALUE]
    )


def _json(values: list[str]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
