"""What each source has delivered, as the published tables tell it."""

from datetime import date, datetime
from typing import NamedTuple

import duckdb


class Delivered(NamedTuple):
    """The landing files of a source; rows are those that count now."""

    source: str
    files: int
    files_read: int
    files_refused: int
    files_new: int
    last_at: datetime
    rows: int
    rows_quarantined: int


def by_source(
    connection: duckdb.DuckDBPyConnection, night: date | None = None
) -> list[Delivered]:
    """One for each source that delivered anything; new is what came in `night`.

    A file that was delivered again under its name is one, as it was last.
    """
    counts = "superseded_by_file_id is null"
    return [
        Delivered(*row)
        for row in connection.execute(
            "select source_name, count(distinct (table_name, path)),"
            " count(distinct (table_name, path)) filter (where status <> 'refused'),"
            f" count_if(status = 'refused' and {counts}),"
            " count_if(status = 'loaded' and loaded_on is not distinct from ?),"
            f" max(delivered_at), sum(case when {counts} then loaded_count else 0 end),"
            f" sum(case when {counts} then quarantined_count else 0 end)"
            " from quality.files group by source_name order by source_name",
            [night],
        ).fetchall()
    ]
