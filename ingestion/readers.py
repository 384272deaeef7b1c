"""Turns one landing file into SQL over its rows, with what had to be refused."""

import csv
import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from ingestion.tables import Table

_CHUNK = 1 << 22
_DELIMITERS = (",", ";", "\t")
_HEADING_SEARCH_LINES = 20
# Four bytes that no text holds: with them read_csv gives whole lines.
_NO_DELIMITER = "\x1e\x1f\x1e\x1f"
_NULL_TOKENS = "('', '--', 'n/a', 'N/A')"

# How a trimmed text is read as a kind, and what a person should have written.
_KINDS = {
    "integer": ("try_cast(replace({}, ',', '') as bigint)", "a whole number"),
    "decimal": ("try_cast(replace({}, ',', '') as decimal(38, 6))", "a number"),
    "timestamp": ("try_cast({} as timestamp)", "a time like 2026-01-31 14:05:00"),
    "date": ("try_cast({} as date)", "a day like 2026-01-31"),
    "log_time": (
        "try_strptime({}, '%d/%b/%Y:%H:%M:%S %z')",
        "a time like 31/Jan/2026:14:05:00 +0000",
    ),
}


class Refused(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Fingerprint:
    """What one pass over the bytes of a file shows."""

    file_id: str
    size: int
    line_count: int
    record_count: int
    is_binary: bool


@dataclass(frozen=True)
class Reject:
    """A row that went to quarantine."""

    line: int
    rule: str
    error: str
    raw: str


@dataclass(frozen=True)
class Reading:
    """A file that can be loaded: `select` gives its good rows as text, with `_line`."""

    select: str
    column_names: list[str]
    rows_read: int
    rows_loaded: int
    rejects: list[Reject]


def fingerprint(path: Path) -> Fingerprint:
    """Hash the bytes and count lines, and records: newlines outside double quotes."""
    digest = hashlib.sha256()
    size = lines = records = quotes = 0
    is_binary, last = False, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            is_binary = is_binary or b"\0" in chunk
            newlines = chunk.count(b"\n")
            lines += newlines
            if quotes % 2 == 0 and b'"' not in chunk:
                records += newlines
            else:
                data = np.frombuffer(chunk, np.uint8)
                is_quote = data == ord('"')
                open_quotes = (np.cumsum(is_quote) + quotes) % 2
                records += int(((data == ord("\n")) & (open_quotes == 0)).sum())
                quotes += int(is_quote.sum())
            last = chunk[-1:]
    if size and last != b"\n":
        lines, records = lines + 1, records + 1
    elif quotes % 2:
        records += 1
    return Fingerprint(digest.hexdigest()[:32], size, lines, records, is_binary)


def read(
    connection: duckdb.DuckDBPyConnection, path: Path, table: Table, seen: Fingerprint
) -> Reading:
    """Check every row of `path` against `table` without loading any.

    Raises Refused when no row of the file can be trusted: empty, binary, headings
    missing, or another number of records than its bytes hold.
    """
    if seen.size == 0:
        raise Refused("the file is empty (0 bytes); deliver it again")
    with path.open("rb") as file:
        is_parquet = file.read(4) == b"PAR1"
    if is_parquet:
        return _read_parquet(connection, path, table)
    if seen.is_binary:
        raise Refused(
            "the file holds NUL bytes, so it is not text; "
            "export it as CSV in UTF-8, or as Parquet"
        )
    if table.format == "csv":
        return _read_csv(connection, path, table, seen)
    return _read_lines(connection, path, table, seen)


def _read_csv(
    connection: duckdb.DuckDBPyConnection, path: Path, table: Table, seen: Fingerprint
) -> Reading:
    delimiter, skip, headings = _find_headings(path, table)
    names = _unique(headings)
    options = ", ".join(f"{_quote(name)}: 'VARCHAR'" for name in names)
    scan = (
        f"read_csv({_quote(str(path))}, header = true, skip = {skip},"
        f" delim = {_quote(delimiter)}, quote = '\"', escape = '\"', nullstr = '',"
        f" auto_detect = false, all_varchar = true, columns = {{{options}}}"
    )
    mapping = _map_headings(names, table, path)
    rows = _rows(mapping, scan + ", ignore_errors = true)", first_line=skip + 2)
    parser_rejects, parsed = _parse(connection, scan + ", store_rejects = true)")
    expected = seen.record_count - skip - 1
    blank = _blank_records(path) if expected != parsed + len(parser_rejects) else 0
    if expected - blank != parsed + len(parser_rejects):
        raise Refused(
            f"{expected - blank} records are in the file, {parsed} could be read and"
            f" {len(parser_rejects)} are broken; a double quote is probably never"
            " closed: repair the quoting and deliver it again"
        )
    return _checked(connection, rows, mapping, table, parsed, parser_rejects)


def _read_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, table: Table
) -> Reading:
    try:
        scan = f"read_parquet({_quote(str(path))}, file_row_number = true)"
        described = connection.execute(f"describe select * from {scan}").fetchall()
        [(count,)] = connection.execute(f"select count(*) from {scan}").fetchall()
    except duckdb.Error as error:
        raise Refused(f"the Parquet file cannot be read: {error}") from error
    names = [row[0] for row in described if row[0] != "file_row_number"]
    mapping = _map_headings(names, table, path)
    rows = (
        f"select {_columns(mapping)}, cast(file_row_number + 1 as bigint) as _line"
        f" from {scan}"
    )
    return _checked(connection, rows, mapping, table, count, [])


def _read_lines(
    connection: duckdb.DuckDBPyConnection, path: Path, table: Table, seen: Fingerprint
) -> Reading:
    """Read whole lines, then take them apart by JSON path or by regular expression."""
    scan = (
        f"read_csv({_quote(str(path))}, columns = {{'line': 'VARCHAR'}},"
        f" header = false, delim = {_quote(_NO_DELIMITER)}, quote = '', escape = '',"
        " auto_detect = false, strict_mode = false"
    )
    names = [column.name for column in table.columns]
    if table.format == "json_lines":
        paths = ", ".join(_quote(column.headings[0]) for column in table.columns)
        is_good, expected = "json_valid(line)", "a JSON object"
        parts = f"case when {is_good} then json_extract_string(line, [{paths}]) end"
        picked = [f"parts[{i + 1}]" for i in range(len(names))]
    else:
        pattern = _quote(table.pattern)
        keys = ", ".join(_quote(name) for name in names)
        is_good, expected = f"regexp_matches(line, {pattern})", "a log line"
        parts = f"regexp_extract(line, {pattern}, [{keys}])"
        picked = [f"nullif(nullif(parts.{name}, '-'), '')" for name in names]
    lines = (
        f"select line, {parts} as parts, {is_good} as is_good,"
        " cast(row_number() over () as bigint) as _line from"
        f" (select coalesce(rtrim(line, chr(13)), '') as line from {scan},"
        " ignore_errors = true))"
    )
    columns = ", ".join(
        f"cast({p} as varchar) as {n}" for p, n in zip(picked, names, strict=True)
    )
    rows = f"select {columns}, _line from ({lines}) where is_good"
    bad_lines, line_count = _parse(connection, scan + ", store_rejects = true)")
    not_good = connection.execute(
        f"select _line, line from ({lines}) where not coalesce(is_good, false)"
        " order by _line"
    ).fetchall()
    rejects = list(bad_lines)
    for line, raw in not_good:
        if raw:
            place = _place(line, bad_lines)
            why = f"not {expected} as `{table.name}` expects"
            rejects.append(Reject(place, "format", why, raw))
    if line_count + len(bad_lines) != seen.line_count:
        raise Refused(
            f"{seen.line_count} lines are in the file, {line_count} could be read;"
            " it changed while it was read (run again), or it holds carriage returns"
            " inside lines (remove them)"
        )
    mapping = {name: name for name in names}
    parsed = line_count - len(not_good)
    return _checked(connection, rows, mapping, table, parsed, rejects)


def _place(line: int, skipped: list[Reject]) -> int:
    """The number of a line in the file, where the parser `skipped` some before it."""
    for reject in skipped:
        line += reject.line <= line
    return line


def _checked(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    mapping: dict[str, str],
    table: Table,
    parsed: int,
    rejects: list[Reject],
) -> Reading:
    """Split `rows` by the checks of the table's columns."""
    error = _error_case(table, mapping)
    names = ", ".join(mapping)
    if error is not None:
        raw = " || ',' || ".join(f"coalesce({name}, '')" for name in mapping)
        # Pushed down, the checks would take each line apart once for every column.
        connection.execute("set disabled_optimizers = 'filter_pushdown'")
        found = connection.execute(
            f"select _line, {error} as error, {raw} from ({rows})"
            " where error is not null order by _line"
        ).fetchall()
        connection.execute("reset disabled_optimizers")
        rejects = rejects + [Reject(line, "type", why, raw) for line, why, raw in found]
        parsed -= len(found)
        if found:
            rows = f"select {names}, _line from ({rows}) where {error} is null"
    return Reading(
        rows, list(mapping), parsed + len(rejects), parsed, sorted(rejects, key=_line)
    )


def _line(reject: Reject) -> int:
    return reject.line


def _error_case(table: Table, mapping: dict[str, str]) -> str | None:
    """SQL that says what is wrong with a row, or null; None if nothing is checked."""
    cases = []
    if table.totals:
        first = table.columns[0].name
        cases.append(f"when starts_with({first}, {_quote(table.totals)}) then null")
    for column in table.columns:
        if column.name not in mapping:
            continue
        text = f"trim({column.name})"
        missing = f"coalesce({text}, '') in {_NULL_TOKENS}"
        if column.required:
            cases.append(f"when {missing} then '{column.name} is missing'")
        if column.kind != "text":
            value, wanted = _KINDS[column.kind]
            cases.append(
                f"when not {missing} and {value.format(text)} is null then"
                f" '{column.name} is not {wanted}'"
            )
    if table.any_of:
        both = ", ".join(f"trim({name})" for name in table.any_of)
        cases.append(
            f"when coalesce({both}, '') = '' then"
            f" '{' and '.join(table.any_of)} are both missing'"
        )
    return f"case {' '.join(cases)} end" if cases else None


def _parse(
    connection: duckdb.DuckDBPyConnection, scan: str
) -> tuple[list[Reject], int]:
    """Run the parser over the whole file: the lines it refused and the rows it gave."""
    try:
        [(count,)] = connection.execute(
            f"select count(*) from (select * from {scan}) as scanned"
            " where hash(scanned) is not null"
        ).fetchall()
        broken = connection.execute(
            "select line, min(error_type), min(error_message),"
            " coalesce(min(csv_line), '') from reject_errors"
            " group by line order by line"
        ).fetchall()
    except duckdb.Error as error:
        raise Refused(f"the file cannot be read: {error}") from error
    finally:
        connection.execute("drop table if exists reject_errors")
        connection.execute("drop table if exists reject_scans")
    return [
        Reject(line, str(kind).lower(), message, raw)
        for line, kind, message, raw in broken
    ], count


def _find_headings(path: Path, table: Table) -> tuple[str, int, list[str]]:
    """Delimiter, lines above the headings, and the headings as written."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        top = [line for _, line in zip(range(_HEADING_SEARCH_LINES), file)]  # noqa: B905
    required = {column.name for column in table.columns if column.required}
    for skip, line in enumerate(top):
        for delimiter in _DELIMITERS:
            cells = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
            names = {match[0] for cell in cells if (match := _match(cell, table))}
            if required <= names and names:
                return delimiter, skip, [cell.strip() for cell in cells]
    wanted = [
        next(iter(column.headings), column.name)
        for column in table.columns
        if column.required
    ]
    raise Refused(
        f"no line among the first {_HEADING_SEARCH_LINES} has the headings"
        f" {', '.join(wanted)}; the first line is {top[0].strip()[:120]!r}. Deliver the"
        " original export, or add the new heading to the source's module"
    )


def _match(heading: str, table: Table) -> tuple[str, dict[str, str]] | None:
    """Column name, and captured texts, that a heading of a file stands for."""
    text = heading.strip()
    for column in table.columns:
        for known in (column.name, *column.headings):
            literal, _, rest = known.partition("{")
            name, _, tail = rest.partition("}")
            pattern = re.escape(literal) + (
                f"(?P<{name}>.+){re.escape(tail)}" if name else ""
            )
            if found := re.fullmatch(pattern, text, re.IGNORECASE):
                return column.name, found.groupdict()
    return None


def _map_headings(names: Iterable[str], table: Table, path: Path) -> dict[str, str]:
    """Raw column -> SQL over the file's column; unknown headings keep their place."""
    mapping: dict[str, str] = {}
    for name in names:
        found = _match(name, table)
        target = found[0] if found else _snake_case(name)
        while target in mapping:
            target = f"{target}_again"
        mapping[target] = _identifier(name)
        for captured, text in (found[1] if found else {}).items():
            mapping[captured] = _quote(text)
    missing = [c.name for c in table.columns if c.required and c.name not in mapping]
    if missing:
        raise Refused(
            f"the columns {', '.join(missing)} are missing; found {', '.join(names)}."
            " Deliver the original export, or add the heading to the source's module"
        )
    return mapping


def _rows(mapping: dict[str, str], scan: str, first_line: int) -> str:
    return (
        f"select {_columns(mapping)},"
        f" cast(row_number() over () + {first_line - 1} as bigint) as _line from {scan}"
    )


def _columns(mapping: dict[str, str]) -> str:
    return ", ".join(f"cast({sql} as varchar) as {n}" for n, sql in mapping.items())


def _blank_records(path: Path) -> int:
    """Lines that hold nothing: the parser skips them."""
    with path.open("rb") as file:
        return sum(not line.strip() for line in file)


def _unique(headings: list[str]) -> list[str]:
    """DuckDB takes no two columns of one name: number the later ones."""
    names: list[str] = []
    for heading in headings:
        name, number = heading or "unnamed", 2
        while name.lower() in {known.lower() for known in names}:
            name, number = f"{heading} {number}", number + 1
        names.append(name)
    return names


def _snake_case(heading: str) -> str:
    name = re.sub(r"[^0-9a-z]+", "_", heading.lower()).strip("_") or "unnamed"
    return f"column_{name}" if name[0].isdigit() else name


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
