"""Mends drafts: the few rows that do not hold are read by themselves, where they are.

Nearly every file has some: a line of totals, a hyphen for nothing, an address that is
no request. Reading the whole file again for them costs three times the load.
"""

import codecs
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion.files import dialects, plain, raw
from ingestion.files.account import File, Load, counted
from ingestion.files.code_pages import starts_in_utf_8
from ingestion.files.dialects import Dialect
from ingestion.files.judged import judge
from ingestion.files.plain import Refused, Reject
from ingestion.sql import identifier
from ingestion.tables import Table

# Of one file; where more fail, it is probably written in another way than others.
MOST_ROWS = 20_000
_CHUNK = 1 << 22
_FAILING, _JUDGED = "failing_rows", "judged_rows"


def mend(
    connection: duckdb.DuckDBPyConnection,
    load: Load,
    table: Table,
    files: list[File],
    failing: str,
) -> list[File]:
    """Drafts of which some rows are `failing` (SQL), put right.

    Their rows stand in the raw table with `_line`. Those that fail are checked as those
    of every file are, then written as raw has them or taken out. A file is left as it
    stands, and is not in the answer, where what they show may change how its other rows
    are read: a decimal comma, a currency, two readings.
    """
    found: list[File] = []
    where = f"_load_id = '{load.id}' and ({failing})"
    for alike in raw.of_one_shape(files):
        take = _take_rows if alike[0].draft.shape.judged else _take_lines
        if not take(connection, load, table, alike, where):
            continue
        for dialect, some in _by_dialect(connection, table, alike).items():
            found += _judge(connection, load, table, some, dialect)
    return found


def is_as_it_seems(file: File) -> bool:
    """Whether its lines and headings are what they were taken for."""
    if file.plain.is_parquet:
        return True
    if file.draft.shape.judged:
        return starts_in_utf_8(file.plain.path, _CHUNK)
    return file.draft.shape.path is not None and not _has_lone_returns(file.plain.path)


def _take_rows(connection, load: Load, table: Table, files, where: str) -> bool:
    """The failing rows, of which raw has all that their file said."""
    shape = files[0].draft.shape
    names = ", ".join(map(identifier, shape.names))
    connection.execute(
        f"create or replace temp table {_FAILING} as select {names}, {shape.judged},"
        f" _file_id, _line from {raw.table_of(load.source, table)} where {where}"
        " and _file_id in (select unnest(cast(? as varchar[])))",
        [[file.entry.file_id for file in files]],
    )
    return True


def _take_lines(connection, load: Load, table: Table, files, where: str) -> bool:
    """The failing rows, read once more from their lines; whether each was found."""
    places = connection.execute(
        f"select _file_id, list(_line order by _line) from"
        f" {raw.table_of(load.source, table)} where {where}"
        " and _file_id in (select unnest(cast(? as varchar[]))) group by _file_id",
        [[file.entry.file_id for file in files]],
    ).fetchall()
    shape, by_id = files[0].draft.shape, {file.entry.file_id: file for file in files}
    folder = load.settings.incoming
    folder.mkdir(parents=True, exist_ok=True)
    lines = folder / "failing_lines"
    with lines.open("wb") as out:
        for file_id, numbers in places:
            out.writelines(_lines_at(by_id[file_id].plain.path, numbers))
    order = [(file_id, line) for file_id, numbers in places for line in numbers]
    connection.register(
        "places",
        pa.table(
            {
                "_place": range(1, len(order) + 1),
                "_file_id": [file_id for file_id, _ in order],
                "_line": [line for _, line in order],
            }
        ),
    )
    connection.execute(
        f"create or replace temp table {_FAILING} as select * exclude (_place, _path)"
        f" from (select *, row_number() over () as _place from ({shape.over([lines])}))"
        " full join places using (_place)"
    )
    connection.unregister("places")
    [counts] = connection.execute(
        f"select count(*), count(_line), count(_raw) from {_FAILING}"
    ).fetchall()
    return set(counts) == {len(order)}


def _lines_at(path: Path, numbers: list[int]) -> Iterator[bytes]:
    """Lines of a file, with one kind of end whatever it has."""
    wanted = iter(numbers)
    next_wanted = next(wanted, None)
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if next_wanted is None:
                return
            if number == next_wanted:
                text = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
                yield text.rstrip(b"\r\n") + b"\n"
                next_wanted = next(wanted, None)


def _has_lone_returns(path: Path) -> bool:
    """Whether a carriage return stands inside a line: to DuckDB it may end one."""
    last = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            chunk = last + chunk
            last = b"\r" if chunk.endswith(b"\r") else b""
            if chunk.count(b"\r") - len(last) != chunk.count(b"\r\n"):
                return True
    return bool(last)


def _by_dialect(connection, table: Table, files) -> Mapping[Dialect, list[File]]:
    """Files by what their failing rows show, but for what others would follow.

    A row that holds reads the same whatever the order of day and month; and what it
    shows is what is taken for granted: a decimal point, days as ISO has them.
    """
    shape, found = files[0].draft.shape, {}
    if not shape.is_csv:
        return {Dialect(): files}
    columns = [column for column in table.columns if column.name in shape.names]
    adds_currency = "currency" in set(table.column_names) - set(shape.names)
    for file in files:
        rows = f"from {_FAILING} where _file_id = '{file.entry.file_id}'"
        try:
            dialect = dialects.decide(connection, rows, columns, frozenset())
        except Refused:
            continue
        if not dialect.is_decimal_comma and not (adds_currency and dialect.currency):
            found.setdefault(dialect, []).append(file)
    return found


def _judge(connection, load: Load, table: Table, files, dialect) -> list[File]:
    """Check the failing rows of files, and put the raw table right."""
    shape, rows = files[0].draft.shape, raw.table_of(load.source, table)
    found = judge(
        f"from {_FAILING} where _file_id in (select unnest(cast(? as varchar[])))",
        [*shape.names, "_file_id", "_line"],
        shape,
        table,
        dialect,
    )
    connection.execute(
        f"create or replace temp table {_JUDGED} as {found}",
        [[file.entry.file_id for file in files]],
    )
    typed = [c.name for c in table.columns if c.kind != "text"]
    written = ", ".join(
        f"{identifier(name)} = judged.{identifier(name)}"
        for name in typed
        if name in shape.names
    )
    if written:
        connection.execute(
            f"update {rows} as raw set {written} from {_JUDGED} as judged"
            " where raw._load_id = ? and raw._file_id = judged._file_id"
            " and raw._line = judged._line and judged._error is null"
            " and not judged._is_blank",
            [load.id],
        )
    left_out = "_error is not null or _is_blank"
    connection.execute(
        f"delete from {rows} where _load_id = ? and (_file_id, _line) in"
        f" (select (_file_id, _line) from {_JUDGED} where {left_out})",
        [load.id],
    )
    blank: dict[str, int] = {}
    rejects: dict[str, list[Reject]] = {}
    for file_id, line, error, text in connection.execute(
        f"select _file_id, _line, _error, left(_raw, {plain.LONGEST_RAW})"
        f" from {_JUDGED} where {left_out}"
    ).fetchall():
        if error is None:
            blank[file_id] = blank.get(file_id, 0) + 1
            continue
        rule = "format" if error == shape.not_good else "type"
        rejects.setdefault(file_id, []).append(Reject(line, rule, error, text))
    steps = [str(dialect)] if str(dialect) else []
    return [
        counted(
            file, blank.get(file.entry.file_id, 0),
            rejects.get(file.entry.file_id, []), steps,
        )
        for file in files
    ]  # fmt: skip
