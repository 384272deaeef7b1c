"""Measures whole commands: wall and CPU seconds, peak memory of all their processes.

`python -m tests.benchmarks.measure [small] [load] [large]`; all without arguments.
"""

import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

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


def load_against_duckdb(home: Path) -> None:
    """Loading one large CSV, against the bare `create table as` of DuckDB."""
    file = home / "landing" / "shop" / "orders" / "orders.csv"
    file.parent.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select 'o' || i as order_id, 'c' || i % 999983 as customer_id,"
            " 'customer' || i % 999983 || '@gmx.de' as email, 'paid' as status,"
            " 'web' as channel, 'EUR' as currency, i % 9973 / 100 as subtotal,"
            " 0 as discount, 0 as shipping, 0 as tax, i % 9973 / 100 as total,"
            " timestamp '2026-01-01' + to_seconds(i) as ordered_at,"
            " timestamp '2026-01-01' + to_seconds(i) as updated_at"
            f" from range({ROWS}) as t(i)) to '{file}' (header)"
        )
    floor = measure(
        [
            sys.executable,
            "-c",
            "import duckdb; duckdb.connect('floor.duckdb').execute("
            f"\"set threads = 2; create table orders as from read_csv('{file}',"
            ' all_varchar = true)")',
        ],
        home,
    )
    (REPOSITORY / "floor.duckdb").unlink()
    ours = measure(
        [
            sys.executable,
            "-c",
            "from datetime import date; from ingestion.settings import read_settings;"
            "from ingestion.sources.shop import SOURCE;"
            "from ingestion.files import load_source;"
            "load_source(read_settings(), SOURCE, date(2026, 7, 1))",
        ],
        home,
    )
    print(f"{ROWS:,} orders, {file.stat().st_size / 1e6:,.0f} MB of CSV")
    print("  create table as  ", floor)
    print("  load             ", ours)
    print(f"  ratio             {ours.wall_seconds / floor.wall_seconds:.2f} wall")


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
        if not chosen or "large" in chosen:
            whole_run(100_000, Path(folder) / "large")


if __name__ == "__main__":
    main(sys.argv[1:])
