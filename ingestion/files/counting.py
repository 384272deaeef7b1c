"""Which files of a load count: those that arrived whole, unchanged, and not shrunk."""

from dataclasses import replace

import duckdb
import pyarrow as pa

from ingestion import ledger
from ingestion.files import gaps, judged, mend, numbers, raw
from ingestion.files.account import Account, File, Load, counted, uncounted
from ingestion.sql import identifier
from ingestion.tables import Table

# A full export that holds less than this share of the one before is held back.
_SMALLEST_SHARE = 0.7
_LINES = pa.schema(
    {"id": pa.string(), "first": pa.int64(), "beyond": pa.int64(), "start": pa.int64()}
)
# So many rows of a file are asked first how it writes its decimals.
_FIRST_ROWS = 4096
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
    """Files of a table whose rows arrived and are put right; the others, taken out."""
    if not files:
        return [], []
    rows = raw.table_of(load.source, table)
    names = ledger.columns_of(connection, f"raw_{load.source.name}", table.name)
    is_failing = judged.failing_rows(table, names)
    found = {
        file_id: (count, failing, first)
        for file_id, count, failing, first in connection.execute(
            f"select _file_id, count(*), count(*) filter ({is_failing}), min(rowid)"
            f" from {rows} where _load_id = ? and _line is null group by _file_id",
            [load.id],
        ).fetchall()
    }
    if found.keys() - {file.entry.file_id for file in files}:
        raise RuntimeError(
            f"{rows} got rows of files that were not read. Nothing of this load"
            " counts: run again"
        )
    unclear = _unclear(
        load,
        connection,
        table,
        {
            file.entry.file_id: found[file.entry.file_id][2]
            for file in files
            if file.draft.shape.is_csv
            and "xlsx" not in file.plain.steps
            and file.entry.file_id in found
        },
    )
    whole, dirty, lines = [], [], []
    for file in files:
        count, failing, first = found.get(file.entry.file_id, (0, 0, 0))
        is_short = count != file.draft.expected
        if (
            file.entry.file_id in unclear
            or failing > min(count - 1, mend.MOST_ROWS)
            or ((failing or is_short) and not mend.is_as_it_seems(file))
        ):
            continue
        known = gaps.with_gaps(connection, load, file, count) if is_short else file
        if known:
            (dirty if failing else whole).append(known)
            lines += _lines(known, first)
    # Rows stand in the table in the order of the file, until some are deleted.
    connection.register("lines", pa.Table.from_pylist(lines, schema=_LINES))
    connection.execute(
        f"update {rows} as raw set _line = raw.rowid + lines.start from lines"
        " where raw._file_id = lines.id and raw.rowid >= lines.first"
        " and raw.rowid < lines.beyond and raw._load_id = ? and raw._line is null",
        [load.id],
    )
    connection.unregister("lines")
    good = [counted(file) for file in whole]
    good += mend.mend(connection, load, table, dirty, is_failing)
    held = {file.entry.file_id for file in good}
    broken = [file for file in files if file.entry.file_id not in held]
    if broken:
        connection.execute(
            f"delete from {rows} where _load_id = ?"
            " and _file_id in (select unnest(cast(? as varchar[])))",
            [load.id, [file.entry.file_id for file in broken]],
        )
    return good, broken


def _lines(file: File, first: int) -> list[dict]:
    """Rows of the raw table, from `first` to before `beyond`, that follow in a file."""
    draft, file_id = file.draft, file.entry.file_id
    start, found, beyond = draft.shape.first_line - first, [], first
    # Of CSV it is the rows that are numbered.
    for reject in () if draft.shape.is_csv else draft.skipped:
        last, beyond = beyond, reject.line - start
        found.append({"id": file_id, "first": last, "beyond": beyond, "start": start})
        start += 1
    end = first + draft.expected
    found.append({"id": file_id, "first": beyond, "beyond": end, "start": start})
    return found


def torn(connection: duckdb.DuckDBPyConnection, files: list[File]) -> list[File]:
    """Drafts of which the parser does not come to the end."""
    found = []
    for file in files:
        columns = ", ".join(map(identifier, file.draft.column_names))
        try:
            connection.execute(
                f"select max(hash({columns})) from ({file.draft.shape.select})"
            )
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:
            found.append(file)
    return found


def _unclear(
    load: Load,
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    firsts: dict[str, int],
) -> set[str]:
    """Contents whose decimals may be thousands: 12.345, and never 1.5 or 0.25.

    Nearly every file shows in its first rows which they are. `firsts` are the places of
    the first rows.
    """
    decimals = [column.name for column in table.columns if column.kind == "decimal"]
    for limit in (_FIRST_ROWS, None) if decimals else ():
        if not firsts:
            break
        near = f" and raw.rowid < asked.place + {limit}" if limit else ""
        rows = connection.execute(
            "select raw._file_id, count(*),"
            f" coalesce(bool_or({numbers.shows(decimals)}), false),"
            f" coalesce(bool_or({numbers.hides(decimals)}), false)"
            f" from {raw.table_of(load.source, table)} as raw inner join (select"
            " unnest(cast($2 as varchar[])) as id, unnest(cast($3 as bigint[])) as"
            f" place) as asked on raw._file_id = asked.id{near}"
            " where raw._load_id = $1 group by raw._file_id",
            [load.id, list(firsts), list(firsts.values())],
        ).fetchall()
        found = {
            file_id
            for file_id, count, is_shown, is_hidden in rows
            if not is_shown and (is_hidden or count == limit)
        }
        firsts = {file_id: firsts[file_id] for file_id in found}
    return set(firsts) if decimals else set()


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
