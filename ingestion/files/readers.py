"""Counts and checks the rows of one landing file; says how to load the good ones."""

import codecs
import csv
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

import duckdb
import numpy as np

from ingestion.files import code_pages, dialects, plain
from ingestion.files.assumed import NOTHING, Assumed
from ingestion.files.dialects import Dialect
from ingestion.files.growth import Content, Contents, Hashing
from ingestion.files.judged import judge
from ingestion.files.languages import language_of
from ingestion.files.numbers import Hints, currencies_of
from ingestion.files.plain import Plain, Refused, Reject
from ingestion.files.shapes import SKIP_BROKEN, Shape, count_records, shape_of
from ingestion.sql import identifier, literal
from ingestion.tables import Table

_CHUNK = 1 << 22
_MOST_REJECTS = 200_000
# Elsewhere a quote is a character: what it seems to enclose are rows.
_MAY_STAND_BEFORE_QUOTE = np.isin(np.arange(256), list(b',"\n\r\xbf'))


@dataclass(frozen=True)
class Fingerprint:
    """What one pass over the bytes of a file shows.

    `begins_with` are contents known before that stand at its beginning.
    """

    content: Content
    begins_with: tuple[str, ...]
    line_count: int
    record_count: int
    is_binary: bool
    is_quote_open: bool
    is_quote_stray: bool

    @property
    def file_id(self) -> str:
        """The hash of all its bytes."""
        return self.content.file_id


@dataclass(frozen=True)
class Draft:
    """A file that is loaded first and checked in the raw table: `expected` rows.

    `skipped` are records that the parser left out of them.
    """

    shape: Shape
    expected: int
    skipped: tuple[Reject, ...] = ()

    @property
    def column_names(self) -> list[str]:
        """Columns of the raw table that the file fills."""
        return self.shape.names


@dataclass(frozen=True)
class Reading:
    """A file whose rows were checked: `select` gives the good ones, with `_line`."""

    select: str
    column_names: list[str]
    rows_read: int
    rows_loaded: int
    rejects: list[Reject]
    steps: tuple[str, ...] = ()

    @property
    def is_useless(self) -> bool:
        """Whether it has rows, and none of them can be used."""
        return bool(self.rejects) and not self.rows_loaded


@dataclass(frozen=True)
class _Survey:
    """What one pass over the rows of a file shows: `bad` rows are in `row_count`."""

    row_count: int
    blank_count: int
    skipped: list[Reject]
    bad: list[Reject]


def fingerprint(
    path: Path, has_quotes: bool = True, known: Contents | None = None
) -> Fingerprint:
    """Hash the bytes and count lines, and records: newlines outside double quotes.

    Where the rows are lines whatever their quotes (`has_quotes` false), records are
    counted as lines.
    """
    hashing = Hashing(known)
    lines = records = quotes = 0
    is_binary = is_stray = False
    last = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            newlines = hashing.update(chunk)
            is_binary = is_binary or b"\0" in chunk
            lines += newlines
            if not has_quotes or (quotes % 2 == 0 and b'"' not in chunk):
                records += newlines
            else:
                data = np.frombuffer(chunk, np.uint8)
                is_quote = data == ord('"')
                # Only whether the count is odd matters: it may overflow.
                counts = np.cumsum(is_quote, dtype=np.uint8) + np.uint8(quotes % 2)
                ends = counts[data == ord("\n")]
                records += int((ends % 2 == 0).sum())
                places = np.flatnonzero(is_quote)
                opening = places[quotes % 2 :: 2]
                before = data[opening - 1]
                start = 3 if chunk.startswith(codecs.BOM_UTF8) else 0
                if len(opening) and opening[0] == start:
                    before[0] = (last or b"\n")[0]
                is_stray = is_stray or not _MAY_STAND_BEFORE_QUOTE[before].all()
                quotes += len(places)
            last = chunk[-1:]
    is_open = quotes % 2 == 1
    if last not in (b"", b"\n"):
        lines, records = lines + 1, records + 1
    elif is_open:
        records += 1
    return Fingerprint(
        hashing.content, hashing.begins_with, lines, records, is_binary, is_open,
        is_stray,
    )  # fmt: skip


def unpack(path: Path, table: Table, folder: Path) -> Plain:
    """The file as DuckDB can read it. Raises Refused where it is empty or no table."""
    if path.stat().st_size == 0:
        raise Refused("the file is empty (0 bytes); deliver it again")
    return plain.make_plain(path, folder, has_headings=table.format != "log_lines")


def draft(
    connection: duckdb.DuckDBPyConnection,
    found: Plain,
    table: Table,
    seen: Fingerprint,
) -> Draft | None:
    """How to load a file before its rows are checked, or None where that is unwise.

    Written in the common way (commas, no binary, text in UTF-8), nearly every file is
    clean: `failing_rows` then finds that out in the raw table at a fraction of the
    cost of parsing it twice.
    """
    if not found.is_parquet and (seen.is_binary or seen.is_quote_open):
        return None
    if table.format == "csv" and not (
        found.is_parquet or found.is_json or code_pages.starts_in_utf_8(found.path)
    ):
        return None
    with _damage_refused():
        shape = shape_of(connection, found, table)
        if shape.is_csv and (shape.delimiter != "," or seen.is_quote_stray):
            return None
        if found.is_parquet:
            [(expected,)] = connection.execute(
                f"select count(*) from ({shape.select})"
            ).fetchall()
        elif shape.is_lines:
            expected = seen.line_count
        else:
            expected = seen.record_count - shape.first_line + 1
    return Draft(shape, expected)


def read(
    connection: duckdb.DuckDBPyConnection,
    found: Plain,
    table: Table,
    seen: Fingerprint,
    folder: Path,
    decisions: frozenset[str] = frozenset(),
    assumed: Assumed = NOTHING,
) -> Reading:
    """Check every row of a plain file against `table` without loading any.

    `seen` is of the plain file; copies are made in `folder`. What was decided counts
    whatever its values show, what is `assumed` where they do not. Raises Refused when
    no row of the file can be trusted: binary, headings missing, days or numbers that
    can be read in two ways, or another number of records than its bytes hold.
    """
    steps, sieved = list(found.steps), []
    with _damage_refused():
        if not found.is_parquet:
            if table.format != "csv" or found.is_json:
                path, sieved = plain.sieve_lines(found.path, folder)
                found = Plain(path, found.steps, is_json=found.is_json)
            elif seen.is_binary:
                raise Refused(_BINARY)
            elif page := code_pages.code_page(
                found.path, decisions, assumed.decided, assumed.words
            ):
                found = Plain(code_pages.decode(found.path, folder, page))
                steps.append(page)
        shape = shape_of(connection, found, table)
        return _read(
            connection, found, table, seen, shape, decisions, assumed, steps, sieved
        )


_BINARY = (
    "the file holds NUL bytes, so it is not text; "
    "export it as CSV in UTF-8, or as Parquet"
)


@contextmanager
def _damage_refused() -> Iterator[None]:
    """What a parser cannot take is Refused; that memory ran out is no fault of it."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except (duckdb.Error, csv.Error) as error:
        raise Refused(
            f"the file cannot be read ({str(error).splitlines()[0]}); it is damaged or"
            " cut off, never closes a double quote, or mixes kinds of line endings:"
            " export it and deliver it again"
        ) from error


def _read(
    connection, found, table, seen, shape, decisions, assumed, steps, sieved
) -> Reading:
    columns = [column for column in table.columns if column.name in shape.names]
    dialect, constants = Dialect(), {}
    if shape.is_csv:
        dialect = dialects.decide(
            connection,
            shape.select,
            columns,
            decisions,
            assumed,
            Hints(
                language_of(shape.headings),
                "xlsx" in found.steps,
                currencies_of(table, shape.names),
            ),
        )
        steps += [str(dialect)] if str(dialect) else []
        constants = _currency(table, shape, dialect)
    checked = _checked(shape, table, dialect, constants)
    names = [*shape.names, *constants]
    survey = _survey(connection, checked, names, table, shape.not_good, found.path)
    if shape.is_csv:
        _account(found, shape, seen, survey)
    elif shape.is_lines:
        lines = survey.row_count + survey.blank_count + len(survey.skipped)
        if lines != seen.line_count:
            raise Refused(
                f"{seen.line_count} lines are in the file, {lines} could be read; it"
                " changed while it was read: run again when it is complete"
            )
    if seen.is_binary and survey.row_count == len(survey.bad):
        raise Refused(_BINARY)
    skipped = [reject for reject in survey.skipped if not is_footer(reject, table)]
    rejects = sorted([*skipped, *survey.bad, *sieved], key=attrgetter("line"))
    listed = ", ".join(identifier(name) for name in names)
    keep = ["not _is_blank"] if survey.blank_count else []
    keep += ["_error is null"] if survey.bad else []
    return Reading(
        f"select {listed}, _line from ({checked})"
        + (f" where {' and '.join(keep)}" if keep else ""),
        names,
        survey.row_count + len(skipped) + len(sieved),
        survey.row_count - len(survey.bad),
        rejects,
        tuple(steps),
    )


def _account(found: Plain, shape: Shape, seen: Fingerprint, survey: _Survey) -> None:
    """Every record that the bytes hold was read, is broken, or the file is refused."""
    read, broken = survey.row_count + survey.blank_count, survey.skipped
    expected = seen.record_count - shape.first_line + 1
    if read + len(broken) != expected:
        expected = count_records(found.path, shape)
    # At the end of the file, more than a line in an open quote: rows were swallowed.
    is_open = seen.is_quote_open and "\n" in "".join(r.raw for r in broken[-1:]).strip()
    if read + len(broken) != expected or is_open:
        raise Refused(
            f"{expected} records are in the file, {read} could be read and"
            f" {len(broken)} are broken; a double quote is probably never closed:"
            " repair the quoting and deliver it again"
        )


def _checked(
    shape: Shape, table: Table, dialect: Dialect, constants: dict[str, str]
) -> str:
    """The rows as raw has them, with `_error`, `_raw`, `_is_blank` and `_line`."""
    judged = judge(shape.select, shape.names, shape, table, dialect, constants)
    # Numbering comes last: what filters the rows is not pushed below it.
    return (
        f"select *, cast(row_number() over () + {shape.first_line - 1} as bigint)"
        f" as _line from ({judged})"
    )


def is_footer(reject: Reject, table: Table) -> bool:
    """A short line below the rows that only says what the report is."""
    text = reject.raw.lstrip('\r\n "')
    return reject.rule == "missing columns" and text.startswith(table.totals)


def _currency(table: Table, shape: Shape, dialect: Dialect) -> dict[str, str]:
    """The currency that stands in the amounts, where no column has it."""
    if "currency" not in table.column_names or "currency" in shape.names:
        return {}
    if dialect.currency == "several":
        raise Refused(
            "its amounts are in several currencies and no column says which; export"
            " the column too"
        )
    return {"currency": literal(dialect.currency)} if dialect.currency else {}


def _survey(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    names: list[str],
    table: Table,
    not_good: str,
    path: Path,
) -> _Survey:
    """Run parser and checks over the whole file in one pass, loading nothing.

    The hash makes the parser look at every column. Raises Refused where so many rows
    fail that the file must be another kind of file.
    """
    forget_skipped(connection)
    columns = ", ".join(identifier(name) for name in names)
    [(count, blank_count, bad_count, _)] = connection.execute(
        "select count(*), count(*) filter (where _is_blank),"
        f" count(_error), max(hash({columns})) from ({rows})"
    ).fetchall()
    skipped_count, skipped = 0, []
    if SKIP_BROKEN in rows:
        [(skipped_count,)] = connection.execute(
            "select count(distinct line) from reject_errors"
        ).fetchall()
    if bad_count + skipped_count > _MOST_REJECTS:
        raise Refused(
            f"{bad_count + skipped_count:,} of its {count:,} rows do not fit"
            f" `{table.name}`; it is probably another kind of file, or another export"
        )
    if skipped_count:
        skipped = skipped_records(connection, path)
    bad = []
    if bad_count:
        found = connection.execute(
            f"select _line, _error, left(_raw, {plain.LONGEST_RAW}) from ({rows})"
            " where _error is not null"
        ).fetchall()
        line_of = lines_beside(skipped)
        bad = [
            Reject(line_of(number), "format" if why == not_good else "type", why, text)
            for number, why, text in found
        ]
    return _Survey(count - blank_count, blank_count, skipped, bad)


def lines_beside(skipped: Sequence[Reject]) -> Callable[[int], int]:
    """From the place of a row that the parser gave to its line in the file."""
    gaps = [reject.line - number for number, reject in enumerate(skipped)]
    return lambda place: place + bisect_right(gaps, place)


def forget_skipped(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget what the parser left out of files before."""
    for name in ("reject_errors", "reject_scans"):
        connection.execute(f"drop table if exists {name}")


def skipped_records(connection: duckdb.DuckDBPyConnection, path: Path) -> list[Reject]:
    """What the parser left out, with the bytes that are no text as `\\x80`."""
    found = connection.execute(
        "select line, min(lower(error_type::varchar)), min(error_message),"
        " coalesce(min(csv_line), ''), min(line_byte_position) from reject_errors"
        " group by line order by line"
    ).fetchall()
    rejects = []
    with path.open("rb") as file:
        for line, rule, message, text, place in found:
            raw = text
            if rule == "invalid encoding":
                file.seek(place - 1)
                raw = file.readline(plain.LONGEST_RAW).decode(errors="backslashreplace")
            rejects.append(Reject(line, rule, message, raw.rstrip("\r\n")))
    return rejects
