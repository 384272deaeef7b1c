"""What makes a row of a table worth having: a key alone is none."""

from collections.abc import Container

from ingestion.files import dialects
from ingestion.sql import identifier
from ingestion.tables import Table

_NOTHING = "('')"
_YES = "('true', 't', 'yes', 'y', '1')"


def groups(table: Table) -> list[tuple[str, ...]]:
    """Groups of columns of which a row must have one whole."""
    return [(some,) if isinstance(some, str) else some for some in table.any_of]


def can_hold(table: Table, names: Container[str]) -> bool:
    """Whether any row of a file with these columns can be worth having."""
    return not table.any_of or any(
        all(name in names for name in group) for group in groups(table)
    )


def lacks_all(table: Table, names: Container[str]) -> str:
    """SQL: the row has nothing of what makes it worth having."""
    if not table.any_of:
        return "false"
    kinds = {column.name: column.kind for column in table.columns}
    found = []
    for group in groups(table):
        if all(name in names for name in group):
            # In an identifier, `null` is a value like another: identity knows it is
            # junk.
            held = " and ".join(
                f"trim({identifier(name)}) not in"
                f" {_NOTHING if kinds[name] == 'text' else dialects.NULL_TOKENS}"
                for name in group
            )
            found.append(f"case when {held} then 1 end")
    for name in table.dated:
        if name in names:
            day = f"trim({identifier(name)}) not in {dialects.NULL_TOKENS}"
            found.append(f"case when {day} then 1 end")
    if table.deleted in names:
        gone = f"lower(trim({identifier(table.deleted)})) in {_YES}"
        found.append(f"case when {gone} then 1 end")
    return f"coalesce({', '.join([*found, 'null'])}) is null"


def lacking(table: Table) -> str:
    """What a row lacks that has nothing but its key, in words."""
    found = groups(table)
    if all(len(group) == 1 for group in found):
        names = [name for [name] in found]
        every = {1: "is", 2: "are both"}.get(len(names), "are all")
        return f"{' and '.join(names)} {every} missing"
    return f"it has neither {' nor '.join(' with '.join(group) for group in found)}"
