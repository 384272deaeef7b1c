"""Loads files clean, then with one line in ten thousand that does not hold.

`python -m tests.benchmarks.dirty [rows]`; CPU seconds, and times the clean file.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from tests.benchmarks.measure import LOAD, LOG, ORDERS, ROWS, measure, python

EVERY = 10_000
ORDERS_LINES: dict[str, Callable[[bytes], bytes]] = {
    "a value that is none": lambda line: line.replace(b",EUR,", b",EUR,x"),
    "a thousand with its comma": lambda line: line.replace(
        b",0,0,0,", b',0,0,"1,000.00",'
    ),
    "a row cut off": lambda line: line[:20] + b"\n",
}
LOG_LINES: dict[str, Callable[[bytes], bytes]] = {
    "a line that is no request": lambda line: b"\\x16\\x03\\x01\n",
    "a line that is no text": lambda line: b"\xff" + line,
}


def _spoil(clean: Path, dirty: Path, spoil: Callable[[bytes], bytes]) -> None:
    with clean.open("rb") as lines, dirty.open("wb") as out:
        for number, line in enumerate(lines):
            out.write(spoil(line) if number % EVERY == EVERY // 2 else line)


def dirty_against_clean(folder: Path, rows: int) -> None:
    """One file of each kind in a home of its own, and each way to spoil it."""
    for source, place, sql, options, ways in (
        ("shop", "orders/a.csv", ORDERS, "header", ORDERS_LINES),
        ("web_logs", "access/a.log", LOG,
         "header false, quote '', escape '', delimiter '\x1f'", LOG_LINES),
    ):  # fmt: skip
        clean = folder / source
        with duckdb.connect() as connection:
            some = sql.replace(f"range({ROWS})", f"range({rows})")
            connection.execute(f"copy ({some}) to '{clean}' (format csv, {options})")
        print(f"{rows:,} rows for {source}")
        floor = None
        for number, (name, spoil) in enumerate(
            {"clean": lambda line: line, **ways}.items()
        ):
            home = folder / f"{source}_{number}"
            file = home / "landing" / source / place
            file.parent.mkdir(parents=True)
            _spoil(clean, file, spoil)
            took = measure(python(LOAD.format(source=source)), home)
            floor = floor or took
            ratio = took.cpu_seconds / floor.cpu_seconds
            print(f"  {name:<26}", took, f" {ratio:5.2f} x clean", flush=True)
            file.unlink()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="unavista-bench-") as made:
        dirty_against_clean(Path(made), int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
