"""Finds the records of a loaded draft that the parser left out."""

from dataclasses import replace

import duckdb

from ingestion.files import plain, readers
from ingestion.files.account import File, Load
from ingestion.files.plain import Reject
from ingestion.files.shapes import count_records
from ingestion.sql import identifier

# To number the rows, each is held against every gap of its file.
_MOST_COMPARED = 10**9


def with_gaps(
    connection: duckdb.DuckDBPyConnection, load: Load, file: File, arrived: int
) -> File | None:
    """The draft as `arrived` rows and what is missing of it.

    None where that cannot be told, or shows how the others must be read.
    """
    if not 0 < arrived < file.draft.expected or file.plain.is_parquet:
        return None
    if file.draft.shape.is_csv:
        skipped = _skipped_by_parser(connection, file, arrived)
    else:
        folder = load.settings.incoming / file.entry.file_id
        copy, skipped = plain.sieve_lines(file.plain.path, folder)
        copy.unlink()
        if arrived + len(skipped) != file.draft.expected:
            return None
    if skipped is None or len(skipped) * arrived > _MOST_COMPARED:
        return None
    draft = replace(file.draft, expected=arrived, skipped=tuple(skipped))
    return replace(file, draft=draft)


def _skipped_by_parser(connection, file: File, arrived: int) -> list[Reject] | None:
    shape, path = file.draft.shape, file.plain.path
    readers.forget_skipped(connection)
    columns = ", ".join(map(identifier, shape.names))
    [(count, _)] = connection.execute(
        f"select count(*), max(hash({columns})) from ({shape.select})"
    ).fetchall()
    skipped = readers.skipped_records(connection, path)
    # Bytes that are no text may be another code page.
    if count != arrived or any(r.rule == "invalid encoding" for r in skipped):
        return None
    found = arrived + len(skipped)
    if found != file.draft.expected and found != count_records(path, shape):
        return None
    return skipped
