"""The warehouse's file, kept open from the first load to the models.

To open it takes a fifth of a second, for DuckDB reads its thousand relations then; a
second connection to what the process has open already takes none.
"""

import duckdb

from ingestion.settings import Settings

_kept: list[duckdb.DuckDBPyConnection] = []


def keep_open(settings: Settings) -> None:
    """Open the warehouse for all connections that this process makes to it."""
    if not _kept:
        _kept.append(duckdb.connect(str(settings.warehouse)))


def let_go() -> None:
    """Close it, so that another process can open it."""
    while _kept:
        _kept.pop().close()
