"""Holds back files that lack a column which every delivery before had filled."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

import duckdb

from ingestion import ledger
from ingestion.files import raw
from ingestion.files.account import Account, File, Load, uncounted
from ingestion.sql import identifier
from ingestion.tables import Table

# How many deliveries before say what is usual.
_LOADS = 5
# One row says nothing of what is usual, before or now.
_SOME_ROWS = 2
# A column counts as emptied where nearly every row had it, and so many now have not.
_NEARLY_ALL = 0.95
_FEWEST_ROWS = 10
_MOST_SHOWN = 5


@dataclass(frozen=True)
class _Usual:
    """Columns that every delivery of late had values in, with the least share of rows.

    `known` are all that it had.
    """

    filled: dict[str, float]
    known: set[str]


def hold_lacking(
    load: Load,
    account: Account,
    connection: duckdb.DuckDBPyConnection,
    files: list[File],
    known: ledger.Known,
) -> list[File]:
    """Leave out files without a column that was always filled, unless it is accepted.

    Where a table takes files of many hands, each has columns of its own.
    """
    good = []
    for table in load.source.tables:
        mine = [file for file in files if file.table == table]
        asked = [file for file in mine if _is_asked(load, file)]
        if not asked or table.is_mixed:
            good += mine
            continue
        usual = _usual(connection, load.source.name, table)
        emptied = _emptied(load, connection, table, asked, usual)
        for file in mine:
            gone = []
            if file in asked:
                # Objects leave out what none of them has.
                gone = [] if file.plain.is_json else _absent(file, usual)
                gone += [
                    c for c in emptied.get(file.entry.file_id, []) if c not in gone
                ]
            if not gone:
                good.append(file)
                continue
            raw.take_out(connection, load, file)
            account.refuse(
                uncounted(file.entry), _said(table, file, gone, usual), known, "held"
            )
    return good


def _is_asked(load: Load, file: File) -> bool:
    return (
        file.entry.rows_loaded >= _SOME_ROWS
        and "accept_missing" not in file.decisions
        and file.entry.file_id not in load.replay
    )


def _usual(
    connection: duckdb.DuckDBPyConnection, source_name: str, table: Table
) -> _Usual:
    rows = connection.execute(
        f"""
        with loads as (
            select load_id from {ledger.DATASET}.columns
            where source_name = $1 and table_name = $2 and row_count > 0
            group by load_id order by load_id desc limit {_LOADS}
        )
        select column_name, count(*) = (select count(*) from loads)
            and bool_and(null_count < row_count) and sum(row_count) >= {_SOME_ROWS},
            min(1 - null_count / row_count)
        from {ledger.DATASET}.columns semi join loads using (load_id)
        where source_name = $1 and table_name = $2 and row_count > 0
        group by column_name order by column_name
        """,
        [source_name, table.name],
    ).fetchall()
    declared = {column.name for column in table.columns if not column.required}
    return _Usual(
        {name: share for name, always, share in rows if always and name in declared},
        {name for name, _, _ in rows},
    )


def _absent(file: File, usual: _Usual) -> list[str]:
    return [name for name in usual.filled if name not in file.reading.column_names]


def _emptied(
    load: Load,
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    files: Iterable[File],
    usual: _Usual,
) -> dict[str, list[str]]:
    """Columns by file that hold nothing in any row, where nearly every row had it."""
    names = [name for name, share in usual.filled.items() if share >= _NEARLY_ALL]
    asked = [f.entry.file_id for f in files if f.entry.rows_loaded >= _FEWEST_ROWS]
    if not names or not asked:
        return {}
    counts = ", ".join(f"count({identifier(name)})" for name in names)
    rows = connection.execute(
        f"select _file_id, [{counts}] from {raw.table_of(load.source, table)}"
        " where _load_id = ? and _file_id in (select unnest(cast(? as varchar[])))"
        " group by _file_id",
        [load.id, asked],
    ).fetchall()
    return {
        file_id: [name for name, count in zip(names, found, strict=True) if not count]
        for file_id, found in rows
    }


def _said(table: Table, file: File, gone: list[str], usual: _Usual) -> str:
    columns = {column.name: column for column in table.columns}
    lost = " and ".join(
        f"`{name}`"
        + f" (in files {_headed(columns[name].headings)})"
        * bool(columns[name].headings)
        for name in gone[:_MOST_SHOWN]
    )
    more = f" and {len(gone) - _MOST_SHOWN} more" * (len(gone) > _MOST_SHOWN)
    new = _new(file, table.column_names, usual)
    instead = f"; new in it: {', '.join(new)}" if new else ""
    return (
        f"held back: {lost}{more}, which every delivery of `{table.name}` before had"
        f" filled, {'is' if len(gone) == 1 else 'are'} gone{instead}; what was there"
        " goes on counting. If a heading was renamed, add the new one to the source's"
        " module in ingestion/sources; if the file is right as it is, add a line with"
        " its path and accept_missing to decisions/files.csv"
    )


def _headed(headings: tuple[str, ...]) -> str:
    return " or ".join(headings[:2])


def _new(file: File, declared: Container[str], usual: _Usual) -> list[str]:
    """Columns of the file that no delivery had before."""
    return [
        name
        for name in file.reading.column_names
        if name not in declared and name not in usual.known
    ][:_MOST_SHOWN]
