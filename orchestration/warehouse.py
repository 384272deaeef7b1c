"""The warehouse's file, kept open from the first load to the models.

To open it takes a fifth of a second, for DuckDB reads its thousand relations then; a
second connection to what the process has open already takes none.
"""

import contextlib
import shlex
from pathlib import Path

import duckdb

from ingestion.settings import Settings

_kept: list[duckdb.DuckDBPyConnection] = []
# What DuckDB says of a file that was cut off, is something else, was written over, or
# was written by a later version. Not of one that is locked, closed or on a full disk.
_DAMAGED = (
    "Could not read enough bytes from file",
    "not a valid DuckDB database file",
    "Corrupt database file",
    "Trying to read a database file with version number",
    "Failed to load metadata pointer",
    "Failure while replaying WAL",
)
_OURS = "is damaged, or of another version"
_DAMAGES = (duckdb.SerializationException, duckdb.InternalException)


class Damaged(ValueError):
    """The warehouse cannot be read; the message says why and what to do.

    `cause` is the same for who is told of the night elsewhere: without the home's path.
    """

    cause = (
        f"the warehouse {_OURS}; delete warehouse.duckdb and warehouse.duckdb.wal in"
        " the home"
    )


def check(settings: Settings) -> None:
    """Raise Damaged where the warehouse cannot be opened, before anything is loaded.

    Not where another program has it open: a night waits for that. What could be opened
    stays open for the first step.
    """
    if settings.warehouse.exists():
        with contextlib.suppress(duckdb.Error):
            keep_open(settings)


def damage(settings: Settings, error: object) -> str:
    """What to do about a damaged warehouse, where that is what an error says."""
    said = " ".join(str(error).split())
    words = next((words for words in _DAMAGED if words in said), "")
    if not (words or isinstance(error, _DAMAGES)):
        return ""
    file = settings.warehouse
    both = f"{shlex.quote(str(file))} {shlex.quote(f'{file}.wal')}"
    return (
        f"the warehouse {file} {_OURS} ({_short(said, file)}); delete it and run again,"
        f" and all is rebuilt from landing and registry: rm -f {both}"
    )


def cure(settings: Settings, causes: list[str]) -> list[str]:
    """What to do, once, where damage is among the causes and nothing was said of it."""
    said = [words for cause in causes if (words := damage(settings, cause))]
    is_told = any(_OURS in cause for cause in causes)
    return [] if is_told else said[:1]


def keep_open(settings: Settings) -> None:
    """Open the warehouse for all connections that this process makes to it.

    Raises Damaged where there is nothing to be opened.
    """
    if _kept:
        return
    try:
        _kept.append(duckdb.connect(str(settings.warehouse)))
    except duckdb.Error as error:
        if said := damage(settings, error):
            raise Damaged(said) from None
        raise


def let_go() -> None:
    """Close it, so that another process can open it."""
    while _kept:
        _kept.pop().close()


def _short(said: str, file: Path) -> str:
    """What DuckDB says, without the kind of error, the path and its advice."""
    said = (said.partition("Error: ")[2] or said).replace(str(file), file.name)
    return said if len(said) <= 200 else f"{said[:200]} …"
