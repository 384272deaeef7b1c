"""What one row of a file is, as SQL: of CSV, Parquet, JSON or a log."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import duckdb

from ingestion.files.headings import find_headings, map_headings
from ingestion.files.plain import SEARCH_LINES, Plain, Refused, short_lines
from ingestion.sql import file_literal, identifier, literal
from ingestion.tables import Table

# With ignore_errors alone, the rows below a stray quote would be lost.
SKIP_BROKEN = "store_rejects = true"
# Which file a row is of: no heading begins with a blank, so none is called the same.
_SAY_PATH, _PATH = "filename = ' path'", '" path" as _path'
# Four bytes that no text holds: with them read_csv gives whole lines.
_NO_DELIMITER = "\x1e\x1f\x1e\x1f"
_FIELDS = "#Fields:"


@dataclass(frozen=True)
class Shape:
    """How the rows of one file are read.

    `select` is SQL that gives, in the file's order, a column of text for each of
    `names`; `_raw`, the row as quarantine shows it; `_is_good`, false where the row is
    none of this kind (`not_good` says so); and `_is_blank`, true where it is no row at
    all. `first_line` is the line of the first row.

    Several files are read at once (`over`) where `path` is set: no row depends on those
    above it. `judged` is SQL of `_raw`, `_is_good` and `_is_blank` over the columns, or
    empty where the line itself is needed.
    """

    select: str
    names: list[str]
    first_line: int = 1
    not_good: str = ""
    delimiter: str = ""
    path: Path | None = None
    judged: str = ""
    headings: tuple[str, ...] = ()

    def over(self, paths: Iterable[Path]) -> str:
        """`select` over files of this shape, in order, with the `_path` of each row."""
        listed = ", ".join(map(file_literal, paths))
        return self.select.replace(file_literal(self.path), f"[{listed}]")

    @property
    def is_csv(self) -> bool:
        """Whether numbers and days may be written in several ways."""
        return bool(self.delimiter)

    @property
    def is_lines(self) -> bool:
        """Whether every line is a row of its own."""
        return bool(self.not_good)


def shape_of(
    connection: duckdb.DuckDBPyConnection, plain: Plain, table: Table
) -> Shape:
    """The shape of a plain file of `table`.

    Raises Refused where its headings are not the table's.
    """
    if plain.is_parquet:
        return _parquet(connection, plain.path, table)
    if table.format == "json_lines":
        paths = {c.name: c.headings or (f"$.{c.name}",) for c in table.columns}
        return _json_lines(plain.path, table, paths)
    if plain.is_json:
        keys = _json_keys(connection, plain.path)
        if table.format == "log_lines" and {"log", "stream"} <= set(keys):
            return _log_lines(plain.path, table, _packed_lines(plain.path))
        return _json_lines(plain.path, table, *_json_paths(keys, table))
    if table.format == "csv":
        return _csv(plain.path, table)
    return _log_lines(plain.path, table)


def count_records(path: Path, shape: Shape) -> int:
    """Slower than counting quotes, and right about blank lines and inch signs."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        below = islice(short_lines(file), shape.first_line - 1, None)
        return sum(map(bool, csv.reader(below, delimiter=shape.delimiter)))


def _csv(path: Path, table: Table) -> Shape:
    found = find_headings(path, table)
    options = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in found.names)
    scan = (
        f"read_csv({file_literal(path)}, header = true, skip = {found.skip},"
        f" delim = {literal(found.delimiter)}, quote = '\"', escape = '\"',"
        " nullstr = '', auto_detect = false, all_varchar = true,"
        f" columns = {{{options}}}, {SKIP_BROKEN}, {_SAY_PATH})"
    )
    mapping = map_headings(found.names, table)
    judged = _judged(mapping)
    return Shape(
        f"select *, {judged} from (select {_columns(mapping)}, {_PATH}"
        f" from {scan})",
        list(mapping), found.skip + 2, delimiter=found.delimiter, path=path,
        judged=judged, headings=tuple(found.names),
    )  # fmt: skip


def _parquet(connection: duckdb.DuckDBPyConnection, path: Path, table: Table) -> Shape:
    scan = f"read_parquet({file_literal(path)})"
    described = connection.execute(f"describe select * from {scan}").fetchall()
    mapping = map_headings([row[0] for row in described], table)
    judged = _judged(mapping)
    return Shape(
        f"select *, {judged} from (select {_columns(mapping)} from {scan})",
        list(mapping),
        judged=judged,
    )


def _columns(mapping: dict[str, str]) -> str:
    return ", ".join(
        f"cast({sql} as varchar) as {identifier(name)}" for name, sql in mapping.items()
    )


def _judged(mapping: dict[str, str]) -> str:
    raw = ", ".join(f"coalesce({identifier(name)}, '')" for name in mapping)
    written = [identifier(n) for n, sql in mapping.items() if sql.startswith('"')]
    return (
        f"concat_ws(',', {raw}) as _raw, true as _is_good,"
        f" coalesce({', '.join([*written, 'null'])}) is null as _is_blank"
    )


def _json_keys(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """The keys of the objects of a file, in the order in which they come."""
    keys = connection.execute(
        "select key from (select unnest(json_keys(line)) as key, _line from"
        f" (select line, row_number() over () as _line from ({_lines(path)}))"
        " where json_valid(line) and ltrim(line)[1] = '{')"
        " group by key order by min(_line), key"
    ).fetchall()
    return [key for (key,) in keys]


def _json_paths(
    names: list[str], table: Table
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Column -> JSON pointer, for objects whose keys are the table's headings.

    Then column -> SQL of what a heading itself says.
    """
    pointers = {
        identifier(key): "/" + key.replace("~", "~0").replace("/", "~1")
        for key in names
    }
    mapping = map_headings(names, table)
    paths = {n: (pointers[sql],) for n, sql in mapping.items() if sql in pointers}
    return paths, {n: sql for n, sql in mapping.items() if sql not in pointers}


def _json_lines(
    path: Path,
    table: Table,
    paths: dict[str, tuple[str, ...]],
    said: dict[str, str] | None = None,
) -> Shape:
    said = said or {}
    every = [(name, place) for name, places in paths.items() for place in places]
    asked = ", ".join(literal(place) for _, place in every)
    is_good = "ltrim(line)[1] = '{' and json_valid(line)"
    columns = []
    for name in paths:
        parts = [f"_parts[{i + 1}]" for i, (n, _) in enumerate(every) if n == name]
        # Servers write a hyphen where there is nothing.
        is_log = table.format == "log_lines"
        # In logs of applications a request may be an object: no line of a request.
        parts = [
            f"case when {part}[1] <> '{{' then {_held(part)} end"
            if is_log and name in table.column_names
            else _held(part)
            if is_log
            else f"nullif({part}, '')"
            for part in parts
        ]
        value = parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"
        columns.append(f"{value} as {identifier(name)}")
    columns += [f"{sql} as {identifier(name)}" for name, sql in said.items()]
    return Shape(
        f"select {', '.join(columns)}, line as _raw, _path,"
        " coalesce(_is_good, false) as _is_good, line = '' as _is_blank from"
        f" (select line, _path, case when {is_good} then json_extract_string(line,"
        f" [{asked}]) end as _parts, {is_good} as _is_good from ({_lines(path)}))",
        [*paths, *said],
        not_good=f"not a JSON object as `{table.name}` expects",
        path=path,
    )


def _log_lines(path: Path, table: Table, lines: str = "") -> Shape:
    """`lines` is SQL that gives the lines, and the rows as they stand, where packed."""
    layouts = _w3c_layouts(path) if not lines else []
    if len(layouts) > 1:
        return _changing_lines(path, table, layouts)
    if layouts:
        pattern, keys, held = _w3c(layouts[0].split(), table)
        patterns = [(pattern, keys)]
        names = {
            name: sql.replace("_parts.", "_parts_1.") for name, sql in held.items()
        }
    else:
        patterns = [(p, list(re.compile(p).groupindex)) for p in table.patterns]
        names = _named(patterns)
    columns = ", ".join(f"{sql} as {identifier(name)}" for name, sql in names.items())
    numbered = list(enumerate(patterns, 1))
    found = " ".join(
        f"when regexp_matches(line, {literal(pattern)}) then {number}"
        for number, (pattern, _) in numbered
    )
    # Of several patterns a line is taken apart by the first that it matches.
    parts = ", ".join(
        f"case when _pattern = {number} then regexp_extract(line, {literal(pattern)},"
        f" [{', '.join(map(literal, keys))}]) end as _parts_{number}"
        for number, (pattern, keys) in numbered
    )
    is_blank = f"line = '' or {bool(layouts)} and starts_with(line, '#')"
    lines = lines or f"select line, line as _raw, _path from ({_lines(path)})"
    return Shape(
        f"select {columns}, _raw, _path, _pattern is not null as _is_good,"
        f" {is_blank} as _is_blank from (select *, {parts} from"
        f" (select line, _raw, _path, case {found} end as _pattern from ({lines})))",
        list(names),
        not_good=f"not a log line as `{table.name}` expects",
        path=path,
    )


def _named(patterns: list[tuple[str, list[str]]]) -> dict[str, str]:
    """Column -> SQL of the first group of its name; `remote_host_2` is another."""
    held: dict[str, list[str]] = {}
    for number, (_, keys) in enumerate(patterns, 1):
        for key in keys:
            name = re.sub(r"_\d+$", "", key)
            held.setdefault(name, []).append(_held(f"_parts_{number}.{key}"))
    return {
        name: some[0] if len(some) == 1 else f"coalesce({', '.join(some)})"
        for name, some in held.items()
    }


def _packed_lines(path: Path) -> str:
    """SQL: log lines that Docker wrapped into JSON, each beside its object."""
    return (
        "select coalesce(rtrim(case when json_valid(line) then"
        " json_extract_string(line, '$.log') end, chr(13) || chr(10)), '-') as line,"
        f" line as _raw, _path from ({_lines(path)})"
    )


def _changing_lines(path: Path, table: Table, layouts: list[str]) -> Shape:
    """Each line by the `#Fields:` above it, for servers change them within a file."""
    read: dict[str, list[str]] = {}
    parts, good = [], []
    for number, layout in enumerate(layouts, 1):
        pattern, keys, names = _w3c(layout.split(), table)
        listed = ", ".join(literal(key) for key in keys)
        parts.append(
            f"case when _layout = {number} then regexp_extract(line,"
            f" {literal(pattern)}, [{listed}]) end as _parts_{number}"
        )
        good.append(
            f"when _layout = {number} then regexp_matches(line, {literal(pattern)})"
        )
        for name, sql in names.items():
            value = sql.replace("_parts.", f"_parts_{number}.")
            read.setdefault(name, []).append(f"when _layout = {number} then {value}")
    columns = [
        f"case {' '.join(cases)} end as {identifier(name)}"
        for name, cases in read.items()
    ]
    known = ", ".join(literal(f"{_FIELDS} {layout}") for layout in layouts)
    said = r"regexp_replace(trim(line), '\s+', ' ', 'g')"
    return Shape(
        f"select {', '.join(columns)}, line as _raw,"
        " coalesce(_is_good, false) as _is_good,"
        " line = '' or starts_with(line, '#') as _is_blank from"
        f" (select line, _layout, {', '.join(parts)},"
        f" case {' '.join(good)} end as _is_good"
        " from (select line, last_value(case when starts_with(line,"
        f" {literal(_FIELDS)}) then list_position([{known}], {said}) end ignore nulls)"
        " over (order by _place rows between unbounded preceding and current row)"
        " as _layout from (select line, row_number() over () as _place"
        f" from ({_lines(path)})) order by _place))",
        list(read),
        not_good="not a line as the `#Fields:` above it say",
    )


def _w3c(fields: list[str], table: Table) -> tuple[str, list[str], dict[str, str]]:
    """Pattern of a line, names of its parts, and columns made of them."""
    keys = [f"part_{number}" for number in range(len(fields))]
    if lacking := [name for name in ("date", "time") if name not in fields]:
        raise Refused(
            f"its columns are {' '.join(fields)}, without {' and '.join(lacking)}; let"
            f" the server log {'them' if len(lacking) > 1 else 'it'} too"
        )
    part = {
        field: f"""trim(_parts.{key}, '"')"""
        for field, key in zip(fields, keys, strict=True)
    }
    others = [field for field in fields if field not in ("date", "time")]
    mapping = map_headings([*others, "requested_at"], table)
    held = {identifier(field): _held(part[field]) for field in others}
    held[identifier("requested_at")] = f"{part['date']} || ' ' || {part['time']}"
    names = {name: held[sql] for name, sql in mapping.items()}
    if "user_agent" in names:
        names["user_agent"] = f"replace({names['user_agent']}, '+', ' ')"
    if "forwarded_for" in names:
        names["forwarded_for"] = f"replace({names['forwarded_for']}, '+', ' ')"
    pattern = r'^("[^"]*"|\S+)' + r'\s+("[^"]*"|\S+)' * (len(fields) - 1) + r"\s*$"
    return pattern, keys, names


def _held(part: str) -> str:
    return f"nullif(nullif({part}, '-'), '')"


def _w3c_layouts(path: Path) -> list[str]:
    """The `#Fields:` lines of a W3C extended log that differ, each without its word."""
    with path.open(encoding="utf-8", errors="replace") as file:
        lines = short_lines(file)
        top = list(islice(lines, SEARCH_LINES))
        if not any(line.startswith("#") for line in top):
            return []
        said = (line for line in chain(top, lines) if line.startswith(_FIELDS))
        names = (line.removeprefix(_FIELDS) for line in said)
        found = list(dict.fromkeys(" ".join(line.split()) for line in names))
    if not found:
        raise Refused(
            "the log begins with # but no `#Fields:` line says what its columns are;"
            " deliver the log with its first lines"
        )
    return found


def _lines(path: Path) -> str:
    return (
        f"select coalesce(rtrim(line, chr(13)), '') as line, {_PATH} from"
        f" read_csv({file_literal(path)}, columns = {{'line': 'VARCHAR'}},"
        f" header = false, delim = {literal(_NO_DELIMITER)}, quote = '', escape = '',"
        f" auto_detect = false, strict_mode = false, {SKIP_BROKEN},"
        f" {_SAY_PATH})"
    )
