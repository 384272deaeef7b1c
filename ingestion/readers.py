"""Turns one landing file into SQL over its rows, with what had to be refused."""

import csv
import glob
import hashlib
import io
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from operator import attrgetter
from pathlib import Path

import duckdb
import numpy as np

from ingestion.tables import Table

_CHUNK = 1 << 22
_DELIMITERS = (",", ";", "\t")
_HEADING_SEARCH_LINES = 20
_LONGEST_LINE = 2_000_000  # as read_csv has it
csv.field_size_limit(_LONGEST_LINE)
# Four bytes that no text holds: with them read_csv gives whole lines.
_NO_DELIMITER = "\x1e\x1f\x1e\x1f"
# With ignore_errors alone, the rows below a stray quote would be lost.
_SKIP_BROKEN = "store_rejects = true"
_NULL_TOKENS = "('', '--', 'n/a', 'N/A')"

# How a trimmed text is read as a kind, and what a person should have written.
_KINDS = {
    "integer": (
        # A cast alone would round 1.5.
        "case when try_cast(replace({0}, ',', '') as double) % 1 = 0"
        " then try_cast(replace({0}, ',', '') as bigint) end",
        "a whole number",
    ),
    "decimal": ("try_cast(replace({}, ',', '') as decimal(18, 2))", "a number"),
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
    is_quote_open: bool


@dataclass(frozen=True)
class Reject:
    """A row that went to quarantine; newlines inside a CSV value count no line."""

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


@dataclass(frozen=True)
class _Survey:
    """What one pass over the rows of a file shows: `bad` rows are in `row_count`."""

    row_count: int
    blank_count: int
    skipped: list[Reject]
    bad: list[Reject]


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
    is_open = quotes % 2 == 1
    if size and last != b"\n":
        lines, records = lines + 1, records + 1
    elif is_open:
        records += 1
    file_id = digest.hexdigest()[:32]
    return Fingerprint(file_id, size, lines, records, is_binary, is_open)


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
    if seen.is_binary and not is_parquet:
        raise Refused(
            "the file holds NUL bytes, so it is not text; "
            "export it as CSV in UTF-8, or as Parquet"
        )
    try:
        if is_parquet:
            return _read_parquet(connection, path, table)
        if table.format == "csv":
            return _read_csv(connection, path, table, seen)
        return _read_lines(connection, path, table, seen)
    except duckdb.OutOfMemoryException:
        raise
    except (duckdb.Error, csv.Error) as error:
        raise Refused(
            f"the file cannot be read ({str(error).splitlines()[0]}); it is damaged or"
            " cut off, never closes a double quote, or mixes kinds of line endings:"
            " export it and deliver it again"
        ) from error


def _read_csv(
    connection: duckdb.DuckDBPyConnection, path: Path, table: Table, seen: Fingerprint
) -> Reading:
    delimiter, skip, headings = _find_headings(path, table)
    names = _unique(headings)
    options = ", ".join(f"{_quote(name)}: 'VARCHAR'" for name in names)
    scan = (
        f"read_csv({_quote(glob.escape(str(path)))}, header = true, skip = {skip},"
        f" delim = {_quote(delimiter)}, quote = '\"', escape = '\"', nullstr = '',"
        f" auto_detect = false, all_varchar = true, columns = {{{options}}}"
        f", {_SKIP_BROKEN})"
    )
    mapping = _map_headings(names, table)
    rows = (
        f"select {_columns(mapping)},"
        f" cast(row_number() over () + {skip + 1} as bigint) as _line"
        f" from {scan}"
    )
    checks, raw = _error_case(table, list(mapping)), _joined(mapping)
    survey = _survey(connection, rows, list(mapping), checks, raw)
    broken = survey.skipped
    found, expected = survey.row_count + len(broken), seen.record_count - skip - 1
    if found != expected:
        expected = _count_records(path, delimiter, skip)
    # At the end of the file, more than a line in an open quote: rows were swallowed.
    is_open = seen.is_quote_open and "\n" in "".join(r.raw for r in broken[-1:]).strip()
    if found != expected or is_open:
        raise Refused(
            f"{expected} records are in the file, {survey.row_count} could be read and"
            f" {len(broken)} are broken; a double quote is probably never closed:"
            " repair the quoting and deliver it again"
        )
    return _reading(rows, list(mapping), survey, checks if survey.bad else "null")


def _read_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, table: Table
) -> Reading:
    scan = f"read_parquet({_quote(glob.escape(str(path)))}, file_row_number = true)"
    described = connection.execute(f"describe select * from {scan}").fetchall()
    names = [row[0] for row in described if row[0] != "file_row_number"]
    mapping = _map_headings(names, table)
    rows = (
        f"select {_columns(mapping)}, cast(file_row_number + 1 as bigint) as _line"
        f" from {scan}"
    )
    checks, raw = _error_case(table, list(mapping)), _joined(mapping)
    survey = _survey(connection, rows, list(mapping), checks, raw)
    return _reading(rows, list(mapping), survey, checks if survey.bad else "null")


def _read_lines(
    connection: duckdb.DuckDBPyConnection, path: Path, table: Table, seen: Fingerprint
) -> Reading:
    """Read whole lines, then take them apart by JSON path or by regular expression."""
    scan = (
        f"read_csv({_quote(glob.escape(str(path)))}, columns = {{'line': 'VARCHAR'}},"
        f" header = false, delim = {_quote(_NO_DELIMITER)}, quote = '', escape = '',"
        f" auto_detect = false, strict_mode = false, {_SKIP_BROKEN})"
    )
    names = [column.name for column in table.columns]
    if table.format == "json_lines":
        paths = ", ".join(_quote(column.headings[0]) for column in table.columns)
        is_good, expected = "ltrim(line)[1] = '{' and json_valid(line)", "a JSON object"
        parts = f"case when {is_good} then json_extract_string(line, [{paths}]) end"
        picked = [f"parts[{i + 1}]" for i in range(len(names))]
    else:
        pattern = _quote(table.pattern)
        keys = ", ".join(_quote(name) for name in names)
        is_good, expected = f"regexp_matches(line, {pattern})", "a log line"
        parts = f"regexp_extract(line, {pattern}, [{keys}])"
        picked = [f"nullif(nullif(parts.{name}, '-'), '')" for name in names]
    # Numbering comes last: what filters the rows is not pushed below it.
    lines = (
        f"select line, {parts} as parts, {is_good} as is_good,"
        " cast(row_number() over () as bigint) as _line from"
        f" (select coalesce(rtrim(line, chr(13)), '') as line from {scan})"
    )
    columns = ", ".join(
        f"cast({p} as varchar) as {n}" for p, n in zip(picked, names, strict=True)
    )
    rows = (
        f"select {columns}, _line, line as _raw, coalesce(is_good, false) as _is_good"
        f" from ({lines})"
    )
    checks = _error_case(table, names)
    not_good = f"not {expected} as `{table.name}` expects"
    survey = _survey(
        connection,
        rows,
        names,
        f"case when _raw = '' then null when not _is_good then {_quote(not_good)}"
        f" else {checks} end",
        raw="_raw",
        blank="_raw = ''",
        wrong_format=not_good,
    )
    if survey.row_count + survey.blank_count + len(survey.skipped) != seen.line_count:
        raise Refused(
            f"{seen.line_count} lines are in the file, {survey.row_count} could be"
            " read; it changed while it was read (run again), or it holds carriage"
            " returns inside lines (remove them)"
        )
    # Other errors are rare; to filter by them takes each line apart once a column.
    is_checked = any(reject.rule == "type" for reject in survey.bad)
    rows = f"select * from ({rows}) where _is_good and _raw <> ''"
    return _reading(rows, names, survey, checks if is_checked else "null")


def _survey(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    names: list[str],
    error: str,
    raw: str,
    blank: str = "false",
    wrong_format: str = "",
) -> _Survey:
    """Run parser and checks over the whole file in one pass, loading nothing.

    `error` is SQL over `rows` that says what is wrong with a row, or null; `raw` its
    text; `wrong_format` the error of lines that are of another kind altogether. The
    hash makes the parser look at every column.
    """
    for table in ("reject_errors", "reject_scans"):
        connection.execute(f"drop table if exists {table}")
    columns = ", ".join(_identifier(name) for name in names)
    [(count, blank_count, bad_lines, _)] = connection.execute(
        f"select count(*), count(*) filter (where {blank}),"
        f" list(_line) filter (where _error is not null), max(hash({columns}))"
        f" from (select *, {error} as _error from ({rows}))"
    ).fetchall()
    skipped = []
    if "store_rejects" in rows:
        skipped = [
            Reject(line, str(kind).lower(), message, text)
            for line, kind, message, text in connection.execute(
                "select line, min(error_type), min(error_message),"
                " coalesce(min(csv_line), '') from reject_errors"
                " group by line order by line"
            ).fetchall()
        ]
    bad = []
    if bad_lines:
        found = connection.execute(
            f"select _line, {error}, {raw} from ({rows})"
            " where _line in (select unnest(cast(? as bigint[])))",
            [bad_lines],
        ).fetchall()
        # Lines in the file, of which the parser skipped some.
        gaps = [reject.line - number for number, reject in enumerate(skipped)]
        bad = [
            Reject(
                n + bisect_right(gaps, n),
                "format" if why == wrong_format else "type",
                why,
                text,
            )
            for n, why, text in found
        ]
    return _Survey(count - blank_count, blank_count, skipped, bad)


def _reading(rows: str, names: list[str], survey: _Survey, checks: str) -> Reading:
    """The rows that pass `checks`; `null` where the survey found nothing wrong."""
    columns = ", ".join(_identifier(name) for name in names)
    passing = f" where {checks} is null" if checks != "null" else ""
    rejects = sorted([*survey.skipped, *survey.bad], key=attrgetter("line"))
    return Reading(
        f"select {columns}, _line from ({rows}){passing}",
        names,
        survey.row_count + len(survey.skipped),
        survey.row_count - len(survey.bad),
        rejects,
    )


def _error_case(table: Table, names: list[str]) -> str:
    """SQL that says what is wrong with a row of these columns, or null."""
    cases = []
    if table.totals:
        first = table.columns[0].name
        cases.append(f"when starts_with({first}, {_quote(table.totals)}) then null")
    for column in table.columns:
        if column.name not in names:
            continue
        text = f"trim({_identifier(column.name)})"
        missing = f"coalesce({text}, '') in {_NULL_TOKENS}"
        if column.kind == "text":
            if column.required:
                cases.append(f"when {missing} then '{column.name} is missing'")
            continue
        # Most values pass: only where one does not is it asked what it says instead.
        value, wanted = _KINDS[column.kind]
        absent = f"'{column.name} is missing'" if column.required else "null"
        wrong = (
            f"case when {missing} then {absent}"
            f" else '{column.name} is not {wanted}' end"
        )
        cases.append(f"when {value.format(text)} is null and {wrong} is not null")
        cases[-1] += f" then {wrong}"
    if table.any_of:
        both = ", ".join(f"trim({name})" for name in table.any_of)
        cases.append(
            f"when coalesce({both}, '') = '' then"
            f" '{' and '.join(table.any_of)} are both missing'"
        )
    return f"case {' '.join(cases)} end" if cases else "null"


def _find_headings(path: Path, table: Table) -> tuple[str, int, list[str]]:
    """Delimiter, lines above the headings, and the headings as written."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = iter(partial(file.readline, _LONGEST_LINE), "")
        top = list(islice(lines, _HEADING_SEARCH_LINES)) or [""]
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
    # The message is published: a first line that looks like data is not shown.
    first = top[0].strip()[:120]
    shown = "a row of data" if re.search(r"[@0-9]", first) else repr(first)
    raise Refused(
        f"no line among the first {_HEADING_SEARCH_LINES} has the headings"
        f" {', '.join(wanted)}; the first line is {shown}. Deliver the original export,"
        " or add the new heading to the source's module"
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


def _map_headings(names: Iterable[str], table: Table) -> dict[str, str]:
    """Raw column -> SQL over the file's column; unknown headings keep their place."""
    mapping: dict[str, str] = {}
    for name in names:
        found = _match(name, table)
        target = found[0] if found else _snake_case(name)
        while target in mapping:
            target = f"{target}_again"
        mapping[target] = _identifier(name)
        for captured, text in (found[1] if found else {}).items():
            mapping.setdefault(captured, _quote(text))
    missing = [c.name for c in table.columns if c.required and c.name not in mapping]
    if missing:
        raise Refused(
            f"the columns {', '.join(missing)} are missing; found {', '.join(names)}."
            " Deliver the original export, or add the heading to the source's module"
        )
    return mapping


def _columns(mapping: dict[str, str]) -> str:
    return ", ".join(
        f"cast({sql} as varchar) as {_identifier(name)}"
        for name, sql in mapping.items()
    )


def _joined(mapping: dict[str, str]) -> str:
    """A row as text, for quarantine."""
    return " || ',' || ".join(f"coalesce({_identifier(name)}, '')" for name in mapping)


def _count_records(path: Path, delimiter: str, skip: int) -> int:
    """Slower than counting quotes, and right about blank lines and inch signs."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        reader = csv.reader(islice(file, skip + 1, None), delimiter=delimiter)
        return sum(map(bool, reader))


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
