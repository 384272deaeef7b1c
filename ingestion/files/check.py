"""Which files of a load count: those that arrived whole, unchanged, and not shrunk."""

from dataclasses import replace

import duckdb

from ingestion import ledger
from ingestion.files import raw, readers
from ingestion.files.account import Account, File, Load, counted, uncounted
from ingestion.tables import Table

# A full export that holds less than this share of the one before is held back.
_SMALLEST_SHARE = 0.7
_CHANGED = (
    "it changed while it was read, and none of it counts: the next run takes it when"
    " it is complete"
)


def check_drafts(
    load: Load,
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    files: list[File],
) -> tuple[list[File], list[File]]:
    """Files of a table whose rows all arrived and hold; the others, taken out."""
    if not files:
        return [], []
    rows = raw.table_of(load.source, table)
    names = ledger.columns_of(connection, f"raw_{load.source.name}", table.name)
    found = {
        file_id: (count, failing, first)
        for file_id, count, failing, first in connection.execute(
            "select _file_id, count(*),"
            f" count(*) filter ({readers.failing_rows(table, names)}), min(rowid)"
            f" from {rows} where _load_id = ? and _line is null group by _file_id",
            [load.id],
        ).fetchall()
    }
    good, broken, offsets = [], [], []
    for file in files:
        count, failing, first = found.get(file.entry.file_id, (0, 0, 0))
        if (count, failing) == (file.draft.expected, 0):
            good.append(file)
            offsets.append(file.draft.first_line - first)
        else:
            broken.append(file)
    # Rows stand in the table in the order of the file, until some are deleted.
    connection.execute(
        f"update {rows} as raw set _line = raw.rowid + lines.start from (select"
        " unnest(cast($2 as varchar[])) as id, unnest(cast($3 as bigint[])) as"
        " start) as lines where _file_id = id and _load_id = $1 and _line is null",
        [load.id, [file.entry.file_id for file in good], offsets],
    )
    if broken:
        connection.execute(
            f"delete from {rows} where _load_id = ?"
            " and _file_id in (select unnest(cast(? as varchar[])))",
            [load.id, [file.entry.file_id for file in broken]],
        )
    return [counted(file) for file in good], broken


def arrived_whole(
    load: Load,
    account: Account,
    connection: duckdb.DuckDBPyConnection,
    files: list[File],
) -> list[File]:
    """Files that are what they were when they were listed, and arrived whole."""
    good = []
    arrived = {}
    for table in load.source.tables:
        arrived |= {
            (table.name, file_id): count
            for file_id, count in connection.execute(
                f"select _file_id, count(*) from {raw.table_of(load.source, table)}"
                " where _load_id = ? group by _file_id",
                [load.id],
            ).fetchall()
        }
    for file in files:
        count = arrived.get((file.table.name, file.entry.file_id), 0)
        if not load.landing.is_unchanged(file.delivered):
            raw.take_out(connection, load, file)
            account.refuse(uncounted(file.entry), _CHANGED)
        elif count != file.entry.rows_loaded:
            raise RuntimeError(
                f"{file.entry.path}: {file.entry.rows_loaded} rows were checked and"
                f" {count} arrived. Nothing of this load counts: run again"
            )
        else:
            good.append(file)
    return good


def hold_back(
    load: Load,
    account: Account,
    connection: duckdb.DuckDBPyConnection,
    files: list[File],
    known: ledger.Known,
) -> list[File]:
    """Leave out full exports that lost so many rows that they cannot be whole."""
    good = []
    for table in load.source.tables:
        mine = [file for file in files if file.table == table]
        before = known.full_rows.get(table.name, 0)
        now = sum(file.entry.rows_loaded for file in mine)
        is_accepted = any("accept_smaller" in file.decisions for file in mine)
        if (
            table.delivery == "incremental"
            or is_accepted
            or now >= _SMALLEST_SHARE * before
        ):
            good += mine
            continue
        for file in mine:
            raw.take_out(connection, load, file)
            account.refuse(
                uncounted(file.entry),
                f"held back: this full export of `{table.name}` has {now:,} rows,"
                f" the one before had {before:,}; what was there goes on counting."
                " If it is right, add a line with the file's path and"
                " accept_smaller to decisions/files.csv",
                known,
                status="held",
            )
    return good


def tell_cut(account: Account, files: list[File], known: ledger.Known) -> list[File]:
    """Say of a log that was begun anew that what it held before is nowhere else.

    A log that is rotated is delivered with what it held under another name: there it
    counts. One that is only cut takes the place of what it was, as any file does.
    """
    before = {place: look.file_id for place, look in known.by_path.items()}
    now = before | {
        (entry.source_name, entry.table_name, entry.path): entry.file_id
        for entry in [*account.entries, *(file.entry for file in files)]
    }
    kept = {(table, file_id) for (_, table, _), file_id in now.items()}
    kept |= {(f.table.name, shorter) for f in files for _, shorter in f.beginnings}

    def told(file: File) -> File:
        entry = file.entry
        was = before.get((entry.source_name, entry.table_name, entry.path))
        rows = known.loaded.get((entry.source_name, entry.table_name, was), 0)
        is_log = file.table.format == "log_lines"
        if not is_log or not rows or (file.table.name, was) in kept:
            return file
        said = (
            f"the {rows:,} lines that it held before are in no file any more, and no"
            " longer count; if the log was begun anew, put the older one beside it"
            f" under another name, as {entry.path}.1"
        )
        said = "; ".join(filter(None, [entry.message, said]))
        return replace(file, entry=replace(entry, message=said))

    return [told(file) for file in files]
