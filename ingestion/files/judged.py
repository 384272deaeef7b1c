"""What is asked of each row of a table, as SQL: of a file's rows, and of raw rows."""

from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType

from ingestion.files import dialects, worth
from ingestion.files.dialects import Dialect
from ingestion.files.numbers import thousandths
from ingestion.files.shapes import Shape
from ingestion.sql import identifier, literal
from ingestion.tables import Table


def failing_rows(table: Table, names: set[str]) -> str:
    """SQL over a raw table: the row is not as raw rows are, or never was a row."""
    failing = [dialects.failing(c) for c in table.columns if c.name in names]
    failing += [worth.lacks_all(table, names), _spans_days(table, names)]
    failing += [f"({why}) is not null" for why in thousandths(table, names)]
    return " or ".join(text for text in failing if text) or "false"


def judge(
    rows: str,
    names: list[str],
    shape: Shape,
    table: Table,
    dialect: Dialect,
    constants: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """SQL: columns `names` of `rows` as raw has them, `_error`, `_raw` and `_is_blank`.

    `rows` are as a shape's `select` gives them; `names` begin with the shape's own.
    """
    columns = [column for column in table.columns if column.name in shape.names]
    said = thousandths(table, shape.names, "_{}_read")
    rows = dialects.checked(rows, columns, names, dialect, said)
    listed = [identifier(name) for name in names]
    listed += [f"{sql} as {identifier(name)}" for name, sql in constants.items()]
    lacks = worth.lacking(table) if table.any_of else ""
    spans = f"{' and '.join(table.period)} are different days"
    return (
        f"select {', '.join(listed)}, _raw, _is_blank,"
        " case when _is_blank then null"
        f" when not _is_good then {literal(shape.not_good)}"
        f" when {is_total(table, shape.names)} then null"
        " when _wrong is not null then _wrong"
        f" when {worth.lacks_all(table, shape.names)} then {literal(lacks)}"
        f" when {_spans_days(table, shape.names)} then {literal(spans)} end as _error"
        f" from ({rows})"
    )


def is_total(table: Table, names: Sequence[str]) -> str:
    """SQL: the row is a sum that the report made itself; `names` as in the file."""
    first = identifier(names[0])
    signs = [f"starts_with({first}, {literal(text)})" for text in table.totals]
    lacking = [identifier(name) for name in table.totals_lack if name in names]
    if lacking:
        signs.append(" and ".join(f"coalesce(trim({n}), '') = ''" for n in lacking))
    return " or ".join(f"coalesce({sign}, false)" for sign in signs) or "false"


def _spans_days(table: Table, names: Container[str]) -> str:
    """SQL: the row is of several days, and no column says of which."""
    if not table.period or any(name not in names for name in table.period):
        return "false"
    first, last = map(identifier, table.period)
    day = table.columns[0].name
    is_unsaid = f"{identifier(day)} is null" if day in names else "true"
    return f"({is_unsaid} and {first} <> {last})"
