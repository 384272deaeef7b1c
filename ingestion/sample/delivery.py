"""Files put into the landing folder, whole or not at all, stamped with their day."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.sample.workbook import write_workbook
from ingestion.sql import literal

DAY_MS = 86_400_000
_FORMS = {
    "csv": "csv",
    "parquet": "parquet",
    "jsonl": "json",
    "jsonl.gz": "json, compression gzip",
}


@dataclass(frozen=True)
class Export:
    """One file that people download: its table, its name, the select that fills it.

    The ending of the name says how it is packed; `options` are more of DuckDB's `copy`.
    """

    table: str
    name: str
    select: str
    options: str = ""


def moment(milliseconds: str, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """The SQL that writes a time given in UTC milliseconds."""
    return f"strftime(make_timestamp_ms({milliseconds}), '{form}')"


def one_of(values: list[str], number: str = "choice") -> str:
    """The SQL that picks a text by a number, whatever its size."""
    listed = ", ".join(map(literal, values))
    return f"[{listed}][1 + ({number}) % {len(values)}]"


@dataclass(frozen=True)
class Calendar:
    """The days of the world: day 0 is `first`; times are UTC milliseconds."""

    first: date
    days: int

    @property
    def last(self) -> int:
        """The number of the last day."""
        return self.days - 1

    def date(self, day: int) -> date:
        """The date of a day."""
        return self.first + timedelta(days=int(day))

    def start(self, day: int) -> int:
        """Midnight at the start of a day, in UTC milliseconds."""
        midnight = datetime.combine(self.date(day), datetime.min.time(), UTC)
        return int(midnight.timestamp()) * 1000

    @property
    def full_exports(self) -> list[int]:
        """The two days whose full exports are kept: halfway and the last."""
        return [self.days // 2 - 1, self.last]

    @property
    def closings(self) -> list[int]:
        """The days at whose end a month's file is downloaded, and the last day."""
        return [*range(29, self.last - 9, 30), self.last]

    def closing_of(self, day: np.ndarray) -> np.ndarray:
        """The closing of the month that each day is in."""
        closings = np.array(self.closings)
        return closings[np.searchsorted(closings, np.minimum(day, self.last))]

    def day_of(self, times: np.ndarray) -> np.ndarray:
        """The day that each time is on."""
        return (times - self.start(0)) // DAY_MS


@dataclass(frozen=True)
class Landing:
    """Where files are delivered; `written` counts rows per `<source>/<table>`."""

    root: Path
    calendar: Calendar
    sql: duckdb.DuckDBPyConnection
    written: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def deliver(
        self, table: str, name: str, day: int, rows: int, write: Callable[[Path], None]
    ) -> None:
        """Let `write` fill a temporary file, then give it its name and its age."""
        final = self.root / table / name
        final.parent.mkdir(parents=True, exist_ok=True)
        unnamed = final.with_name(f".{name}.partial")
        write(unnamed)
        delivered_at = self.calendar.start(day + 1) // 1000 + 2 * 3600
        os.utime(unnamed, (delivered_at, delivered_at))
        unnamed.replace(final)
        self.written[table] += rows

    def select(self, select: str, rows: pa.Table | None = None) -> pa.Table:
        """The result of `select` over `rows` (known to it as `delivered`), in order."""
        if rows is not None:
            self.sql.register("delivered", rows)
        return self.sql.execute(select).to_arrow_table()

    def query(
        self, table: str, name: str, day: int, *, select: str, rows: pa.Table
    ) -> None:
        """Deliver `select` over `rows` (known to it as `delivered`), row for row."""
        self.sql.register("delivered", rows)
        form = _FORMS[name.partition(".")[2]]
        self.deliver(
            *(table, name, day, rows.num_rows),
            lambda path: copy_rows(self.sql, select, path, form),
        )

    def until(self, select: str, day: int, since: int = -1) -> str:
        """The select with its `{now}`, the last moment of the day, and its `{since}`.

        `{since}` is the end of the day of the export before: what happened until then
        was in that one.
        """
        now, before = (self.calendar.start(one + 1) - 1 for one in (day, since))
        return select.replace("{now}", str(now)).replace("{since}", str(before))

    def export(
        self, exports: Iterable[Export], day: int, since: int = -1, **truth: pa.Table
    ) -> None:
        """Download each export at the end of the day, from the tables of the truth."""
        for name, rows in truth.items():
            self.sql.register(name, rows)
        for export in exports:
            rows = self.select(self.until(export.select, day, since))
            file = export.name.format(date=self.calendar.date(day))
            if file.endswith(".xlsx"):
                write = partial(write_workbook, rows)
            else:
                self.sql.register("delivered", rows)
                form = _FORMS[file.partition(".")[2]] + export.options
                write = partial(copy_rows, self.sql, "from delivered", form=form)
            self.deliver(export.table, file, day, rows.num_rows, write)

    def lines(self, table: str, name: str, day: int, lines: pa.StringArray) -> None:
        """Deliver lines that each end in their own line break."""
        start, stop = lines.offset, lines.offset + len(lines)
        offsets = np.frombuffer(lines.buffers()[1], np.int32)[start : stop + 1]
        content = memoryview(lines.buffers()[2] or b"")[offsets[0] : offsets[-1]]
        self.deliver(
            table, name, day, len(lines), lambda path: path.write_bytes(content)
        )


class Waiting:
    """Rows that are known today but are delivered in the file of a later day."""

    def __init__(self, last_day: int) -> None:
        """Hold rows for files up to the one of the last day."""
        self._last_day = last_day
        self._rows: dict[int, list[pa.Table]] = defaultdict(list)

    def put(self, rows: pa.Table, days: np.ndarray) -> None:
        """Keep each row for its day; rows for days after the world's end are lost."""
        for day in np.unique(days[days <= self._last_day]):
            self._rows[int(day)].append(rows.take(np.flatnonzero(days == day)))

    def due(self, day: int) -> pa.Table | None:
        """The rows of that day's file, in the order they were put."""
        tables = self._rows.pop(day, [])
        return pa.concat_tables(tables) if tables else None


def copy_rows(
    sql: duckdb.DuckDBPyConnection,
    select: str,
    path: Path,
    form: str = "csv",
) -> None:
    """Write the rows of `select` to a file, in their order."""
    sql.execute(f"copy ({select}) to {literal(str(path))} (format {form})")
