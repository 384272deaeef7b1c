"""Finds the headings of a file and the columns they stand for."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from ingestion.files.plain import LONGEST_LINE, SEARCH_LINES, Refused, short_lines
from ingestion.files.unmatched import unmatched
from ingestion.files.worth import can_hold
from ingestion.sql import identifier, literal
from ingestion.tables import Table

_DELIMITERS = (",", ";", "\t")
csv.field_size_limit(LONGEST_LINE)


@dataclass(frozen=True)
class Headings:
    """`names` as written, under `skip` lines that say something else."""

    delimiter: str
    skip: int
    names: list[str]


def find_headings(path: Path, table: Table) -> Headings:
    """The first of the top lines that holds every required heading of `table`.

    Raises Refused, with what was looked for and what was found, where none does.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        top = list(islice(short_lines(file), SEARCH_LINES)) or [""]
    required = {column.name for column in table.columns if column.required}
    most, likely = 0, []
    for skip in range(len(top)):
        for delimiter in _DELIMITERS:
            # Several lines where a heading has a line break in it.
            cells = next(csv.reader(top[skip:], delimiter=delimiter), [])
            names = {match[0] for cell in cells if (match := _match(cell, table))}
            if required <= names and names and can_hold(table, names):
                return Headings(
                    delimiter, skip, _unique([cell.strip() for cell in cells])
                )
            if len(names) > most:
                most, likely = len(names), cells
    if not likely:
        [likely] = csv.reader(
            top[:1], delimiter=max(_DELIMITERS, key=top[0].count)
        ) or [[]]
    raise Refused(
        f"no line among the first {SEARCH_LINES} has the headings it needs:"
        f" {unmatched(table, likely, most)}"
    )


@lru_cache
def _known(table: Table) -> tuple[dict[str, str], list[tuple[re.Pattern, str]]]:
    """Headings in lower case, and those that hold a `{name}`, with their columns."""
    exact: dict[str, str] = {}
    capturing = []
    for column in table.columns:
        for heading in (column.name, *column.headings):
            before, _, rest = heading.partition("{")
            name, _, after = rest.partition("}")
            if name:
                pattern = f"{re.escape(before)}(?P<{name}>.+){re.escape(after)}"
                capturing.append((re.compile(pattern, re.IGNORECASE), column.name))
            else:
                exact.setdefault(heading.lower(), column.name)
    return exact, capturing


def _match(heading: str, table: Table) -> tuple[str, dict[str, str]] | None:
    """Column name, and captured texts, that a heading of a file stands for."""
    text = " ".join(heading.split())
    exact, capturing = _known(table)
    if name := exact.get(text.lower()):
        return name, {}
    for pattern, name in capturing:
        if found := pattern.fullmatch(text):
            return name, found.groupdict()
    return None


def map_headings(names: Iterable[str], table: Table) -> dict[str, str]:
    """Raw column -> SQL over the file's column; unknown headings keep their place."""
    mapping: dict[str, str] = {}
    for name in names:
        found = _match(name, table)
        target = found[0] if found else _snake_case(name)
        while target in mapping:
            target = f"{target}_again"
        mapping[target] = identifier(name)
        for captured, text in (found[1] if found else {}).items():
            mapping.setdefault(captured, literal(text))
    required = {column.name for column in table.columns if column.required}
    if not required <= mapping.keys() or not can_hold(table, mapping):
        known = sum(map(table.column_names.__contains__, mapping))
        raise Refused(unmatched(table, [*names], known))
    return mapping


def _unique(headings: list[str]) -> list[str]:
    """DuckDB takes no two columns of one name: number the later ones."""
    names: list[str] = []
    taken: set[str] = set()
    for heading in headings:
        name, number = heading or "unnamed", 2
        while name.lower() in taken:
            name, number = f"{heading or 'unnamed'} {number}", number + 1
        names.append(name)
        taken.add(name.lower())
    return names


def _snake_case(heading: str) -> str:
    name = re.sub(r"[^0-9a-z]+", "_", heading.lower()).strip("_") or "unnamed"
    # DuckDB has a `rowid` of its own in every table.
    return f"column_{name}" if name[0].isdigit() or name == "rowid" else name
