"""Files put into the landing folder, whole or not at all, stamped with their day."""

import os
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.sql import literal

DAY_MS = 86_400_000


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
        partial = final.with_name(f".{name}.partial")
        write(partial)
        delivered_at = self.calendar.start(day + 1) // 1000 + 2 * 3600
        os.utime(partial, (delivered_at, delivered_at))
        partial.replace(final)
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
        form = "parquet" if name.endswith(".parquet") else "csv"
        self.deliver(
            *(table, name, day, rows.num_rows),
            lambda path: copy_rows(self.sql, select, path, form),
        )

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
