"""Says which headings a file lacks, and what it has in their place."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from ingestion.files.languages import language_of
from ingestion.files.worth import groups
from ingestion.tables import Column, Table

_MOST_SHOWN = 20
_LONGEST_SHOWN = 40
_SPELLINGS = 3


def unmatched(table: Table, found: Sequence[str], known: int) -> str:
    """Why a file with the headings `found` is none of `table`, and what to do.

    `known` is how many of them are headings of the table. The message is published: a
    line that looks like data is not shown.
    """
    found = [" ".join(cell.split()) for cell in found]
    names = _matching(table, found)
    lacks = [c for c in table.columns if c.required and c.name not in names]
    said = [f"it lacks {_listed(map(_spelt, lacks), ' and ')}"] if lacks else []
    wanted = lacks
    if not any(names.issuperset(group) for group in groups(table)) and table.any_of:
        columns = {column.name: column for column in table.columns}
        several = [
            " with ".join(group) if len(group) > 1 else _first(columns[group[0]])
            for group in groups(table)
        ]
        said.append(f"it has none of {_listed(several[:_MOST_SHOWN], ' or ')}")
        wanted = [*lacks, *(columns[name] for group in groups(table) for name in group)]
    language = language_of(found) if known else None
    shown = _shown(found, known)
    said.append(
        f"found {shown}" + f" (read as {language})" * bool(language)
        if shown
        else "found a row of data"
    )
    said += _nearest(wanted, found, names) if shown else []
    return (
        f"{'; '.join(said)}. Export it with these columns; if they are there under"
        " other names, add the new heading to the source's module in"
        " ingestion/sources; if it is another export, move it to that one's folder"
    )


def _matching(table: Table, found: Iterable[str]) -> set[str]:
    lowered = {cell.lower() for cell in found}
    return {
        column.name
        for column in table.columns
        if lowered & {text.lower() for text in (column.name, *column.headings)}
        or any(_is_held(text, lowered) for text in column.headings if "{" in text)
    }


def _is_held(heading: str, lowered: Iterable[str]) -> bool:
    before, after = re.split(r"\{\w+\}", heading.lower(), maxsplit=1)
    return any(c.startswith(before) and c.endswith(after) for c in lowered)


def _first(column: Column) -> str:
    return next(iter(column.headings), column.name)


def _spelt(column: Column) -> str:
    """A column as files head it, with other spellings."""
    others = column.headings[1:_SPELLINGS]
    return _first(column) + f" (or {', '.join(others)})" * bool(others)


def _listed(texts: Iterable[str], last: str) -> str:
    *most, final = texts
    return f"{', '.join(most)}{last if most else ''}{final}"


def _shown(found: Sequence[str], known: int) -> str:
    """The headings of a file, or nothing where they look like data."""
    cells = [cell for cell in found if cell]
    if not cells:
        return "no text"
    if known * 3 < len(cells) and re.search(r"[@0-9]", "".join(cells)):
        return ""
    safe = [cell[:_LONGEST_SHOWN] for cell in cells if not re.search(r"@|\d{4}", cell)]
    more = len(safe) - _MOST_SHOWN
    return repr(",".join(safe[:_MOST_SHOWN])) + f" and {more} more" * (more > 0)


def _nearest(
    wanted: Iterable[Column], found: Sequence[str], names: set[str]
) -> list[str]:
    """The spelling in the file that is most like a heading that is missing."""
    by_letters = {cell.lower(): cell for cell in found if cell}
    said = {}
    for column in wanted:
        if column.name in names:
            continue
        for heading in (*column.headings, column.name):
            close = get_close_matches(heading.lower(), by_letters, 1, 0.7)
            if close and column.name not in said:
                said[column.name] = f"{by_letters[close[0]]!r} is nearest to {heading}"
    return list(said.values())[:3]
