"""Ids as the systems that gave them wrote them, and what others made of them."""

from ingestion.sql import identifier
from ingestion.tables import Column

ROUNDED = (
    "a number that a spreadsheet or a script made of an id (scientific notation, or a"
    " trailing .0): export it as text"
)


def spoilt(column: Column) -> list[str]:
    """SQL: the id is not what it was, 9.01E+10 or 123.0; empty for what is no id.

    Several ids are one when they are rounded, or none is found again. A whole number
    with .0 is read as one, where ids are numbers.
    """
    if not column.name.endswith("_id") or column.kind not in ("text", "integer"):
        return []
    name = identifier(column.name)
    if column.kind == "integer":
        found = f"regexp_full_match({name}, '[+-]?\\d+([.,]\\d+)?[eE][+]?\\d+')"
        return [f"coalesce({found}, false)"]
    # Text may be an id with an E of its own: spreadsheets write the sign.
    rounded = f"regexp_full_match({name}, '[+-]?\\d([.,]\\d+)?E[+]\\d+')"
    pointed = f"regexp_full_match({name}, '\\d+[.]0')"
    found = (
        f"(contains({name}, 'E+') and {rounded})"
        f" or (ends_with({name}, '.0') and {pointed})"
    )
    return [f"coalesce({found}, false)"]


def is_short_id(name: str) -> str:
    """SQL: the text is a Salesforce id as its reports write it."""
    return f"coalesce(regexp_full_match({name}, '[a-zA-Z0-9]{{15}}'), false)"


def long_id(name: str) -> str:
    """SQL: a Salesforce id of 15 letters with the three that say which are capitals."""
    checks = []
    for start in (0, 5, 10):
        capitals = " + ".join(
            f"{2**place} * ({name}[{start + place + 1}] between 'A' and 'Z')::integer"
            for place in range(5)
        )
        checks.append(f"'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'[1 + {capitals}]")
    return (
        f"case when {is_short_id(name)} then concat({name}, {', '.join(checks)})"
        f" else {name} end"
    )
