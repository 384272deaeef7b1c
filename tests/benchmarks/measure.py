"""Measures whole commands: wall and CPU seconds, peak memory of all their processes.

`python -m tests.benchmarks.measure [small] [load] [files] [large]`; else all of them.
"""

import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion.sources import web_logs

REPOSITORY = Path(__file__).resolve().parents[2]
ROWS = 10_000_000


@dataclass(frozen=True)
class Measured:
    """`peak_gb` is the greatest sum of resident memory over the process tree."""

    wall_seconds: float
    cpu_seconds: float
    peak_gb: float

    def __str__(self) -> str:
        return (
            f"{self.wall_seconds:8.1f} s wall  {self.cpu_seconds:8.1f} s CPU"
            f"  {self.peak_gb:5.2f} GB"
        )


def measure(command: list[str], home: Path) -> Measured:
    """Run a command to its end; raises CalledProcessError when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env={**os.environ, "UNAVISTA_HOME": str(home)},
        stdout=subprocess.DEVNULL,
    )
    peak = 0
    watcher = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not watcher.wait(0.2):
            peak = max(peak, _resident_bytes(process.pid))

    thread = threading.Thread(target=watch)
    thread.start()
    code = process.wait()
    watcher.set()
    thread.join()
    if code:
        raise subprocess.CalledProcessError(code, command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(time.monotonic() - started, cpu, peak / 2**30)


def _resident_bytes(root: int) -> int:
    """Resident memory of a process and all its descendants (Linux)."""
    children: dict[int, list[int]] = {}
    resident: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            pages = int((entry / "statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        children.setdefault(parent, []).append(int(entry.name))
        resident[int(entry.name)] = pages * resource.getpagesize()
    total, waiting = 0, [root]
    while waiting:
        process = waiting.pop()
        total += resident.get(process, 0)
        waiting += children.get(process, [])
    return total


def unavista(*arguments: str) -> list[str]:
    """The command, as the environment that measures has it."""
    return [sys.executable, "-m", "orchestration.cli", *arguments]


def whole_run(customers: int, home: Path) -> None:
    """A sample company from nothing to published, then the same night again."""
    sample = ["sample", "--customers", str(customers), "--days", "90"]
    print(f"{customers:,} customers, 90 days")
    print("  sample           ", measure(unavista(*sample), home), flush=True)
    for name in ("first run", "the night again"):
        took = measure(unavista("run", "--as-of", "2026-07-01"), home)
        print(f"  {name:<17}", took, flush=True)
    marts = (home / "published" / "marts.duckdb").resolve()
    with duckdb.connect(str(marts), read_only=True) as connection:
        [(rows,)] = connection.execute(
            "select sum(read_count) from quality.files"
        ).fetchall()
        print(f"  {rows:,} rows read", flush=True)


ORDERS = (
    "select 'o' || i as order_id, 'c' || i % 999983 as customer_id,"
    " 'customer' || i % 999983 || '@gmx.de' as email, 'paid' as status,"
    " 'web' as channel, 'EUR' as currency, i % 9973 / 100 as subtotal,"
    " 0 as discount, 0 as shipping, 0 as tax, i % 9973 / 100 as total,"
    " timestamp '2026-01-01' + to_seconds(i) as ordered_at,"
    " timestamp '2026-01-01' + to_seconds(i) as updated_at"
    f" from range({ROWS}) as t(i)"
)
LOG = (
    "select '10.' || i % 250 || '.' || i % 199 || '.' || i % 97 || ' - - ['"
    " || strftime(timestamp '2026-01-01' + to_seconds(i), '%d/%b/%Y:%H:%M:%S')"
    " || ' +0000] \"GET /products/' || i % 4999 || '?page=' || i % 7"
    " || ' HTTP/1.1\" 200 ' || i % 99991 || ' \"https://www.google.com/\"'"
    " || ' \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Safari/537.36\"'"
    f" from range({ROWS}) as t(i)"
)
LOAD = """
from datetime import date
from ingestion.files import load_source
from ingestion.settings import read_settings
from ingestion.sources.{source} import SOURCE

load_source(read_settings(), SOURCE, date(2026, 7, 1))
"""


def python(program: str) -> list[str]:
    """A program of a few lines, in the environment that measures."""
    return [sys.executable, "-c", program]


def load_against_duckdb(home: Path) -> None:
    """Loading one large file, against the bare `create table as` of DuckDB."""
    orders = home / "landing" / "shop" / "orders" / "orders.csv"
    log = home / "landing" / "web_logs" / "access" / "access.log"
    for file, rows, options in (
        (orders, ORDERS, "header"),
        (log, LOG, "header false, quote '', escape '', delimiter '\x1f'"),
    ):
        file.parent.mkdir(parents=True)
        with duckdb.connect() as connection:
            connection.execute(f"copy ({rows}) to '{file}' (format csv, {options})")
    table = web_logs.SOURCE.tables[0]
    names = [column.name for column in table.columns][
        : re.compile(table.pattern).groups
    ]
    bare = {
        "shop": f"select * from read_csv('{orders}', all_varchar = true)",
        "web_logs": f"select unnest(regexp_extract(line, '{table.pattern}', {names}))"
        f" from read_csv('{log}', columns = {{'line': 'varchar'}}, header = false,"
        " delim = '\x1e\x1f\x1e\x1f', quote = '', escape = '', auto_detect = false)",
    }
    for source, file in (("shop", orders), ("web_logs", log)):
        print(f"{ROWS:,} rows for {source}, {file.stat().st_size / 1e6:,.0f} MB")
        database = home / f"floor_{source}.duckdb"
        sql = "set threads = 2; set memory_limit = '4GB'; create table rows as {}"
        program = f"import duckdb; duckdb.connect({str(database)!r}).execute({{!r}})"
        floor = measure(python(program.format(sql.format(bare[source]))), home)
        print("  create table as  ", floor, flush=True)
        ours = measure(python(LOAD.format(source=source)), home)
        print("  load             ", ours)
        print(
            f"  ratio             {ours.wall_seconds / floor.wall_seconds:.2f} wall,"
            f" {ours.cpu_seconds / floor.cpu_seconds:.2f} CPU",
            flush=True,
        )
        database.unlink()
        file.unlink()


def load_nothing_new(home: Path, count: int = 10_000) -> None:
    """A load that finds only files it knows."""
    for number in range(count):
        file = home / "landing" / "shop" / "refunds" / f"{number:05}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            "refund_id,order_id,amount,currency,reason,refunded_at\n"
            f"r{number},o{number},1.50,EUR,,2026-01-31 10:00:00\n"
        )
    print(f"{count:,} files of one row")
    for name in ("first load", "nothing new"):
        print(f"  {name:<17}", measure(python(LOAD.format(source="shop")), home))


def main(chosen: list[str]) -> None:
    """Print the machine, then each measurement."""
    with Path("/proc/meminfo").open() as file:
        memory = int(file.readline().split()[1]) / 2**20
    print(
        f"{os.cpu_count()} cores, {memory:.0f} GiB, Python", platform.python_version()
    )
    print(f"DuckDB {duckdb.__version__}", flush=True)
    with tempfile.TemporaryDirectory(prefix="unavista-bench-") as folder:
        if not chosen or "small" in chosen:
            whole_run(2_000, Path(folder) / "small")
        if not chosen or "load" in chosen:
            load_against_duckdb(Path(folder) / "load")
        if not chosen or "files" in chosen:
            load_nothing_new(Path(folder) / "files")
        if not chosen or "large" in chosen:
            whole_run(100_000, Path(folder) / "large")


if __name__ == "__main__":
    main(sys.argv[1:])
