"""Loads that are killed, starved of disk or raced end as if nothing had happened."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from ingestion import ledger
from ingestion.files import raw
from ingestion.lock import Busy, writer_lock
from ingestion.settings import Settings
from ingestion.sources import shop, web_events
from ingestion.tables import Source
from tests.conftest import REPOSITORY, Home
from tests.test_loading import (
    EVENT,
    KNOWN,
    assert_accounted,
    load,
    looks,
    rejects,
    sales,
    sold,
)

SOURCES = (shop.SOURCE, web_events.SOURCE)
ORDER_HEADINGS = (
    "order_id,customer_id,email,status,channel,currency,subtotal,discount,shipping,"
    "tax,total,ordered_at,updated_at\n"
)
LOAD = """
import sys
from datetime import date
from pathlib import Path
from ingestion.files.load import load_source
from ingestion.settings import Settings
from ingestion.sources import shop, web_events

print("begun", flush=True)
for source in (shop.SOURCE, web_events.SOURCE):
    load_source(Settings(home=Path(sys.argv[1])), source, date(2026, 7, 1))
"""


class Cut(Exception):
    """The load ends here, as a killed process would."""


def cut(*arguments, **options) -> None:
    raise Cut


def in_raw(home: Home, source: Source) -> dict[str, list[tuple]]:
    """Rows that count, by table, without what differs from load to load."""
    other = "_load_id, _loaded_at, _dlt_load_id"
    return {
        table.name: home.warehouse(
            f"select raw.* exclude ({other})"
            f" from raw_{source.name}.{table.name} as raw inner join raw_ledger.files"
            " on _file_id = file_id and _load_id = files.load_id"
            f" and files.status = 'loaded' and table_name = '{table.name}'"
            " order by _file_id, _line"
        )
        for table in source.tables
    }


def in_ledger(home: Home) -> tuple[list[tuple], list[tuple]]:
    """Looks and rejects, without ids and times of loads."""
    return (
        home.warehouse(
            "select path, file_id, status, message, size_bytes, rows_read,"
            " rows_loaded, rows_quarantined, rows_repeated, as_of"
            " from raw_ledger.files order by all"
        ),
        home.warehouse(
            "select file_id, line, rule, error, raw"
            " from raw_ledger.rejects order by all"
        ),
    )


def test_rows_without_a_ledger_entry_are_loaded_again_and_once(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.deliver("till/sales/a.csv", sales(1, 2))
    load(home)
    home.deliver("till/sales/b.csv", sales(3, 5) + "6,tea,x,\n")
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "write", cut)
        with pytest.raises(Cut):
            load(home)
    assert len(sold(home)) == 5
    assert len(looks(home)) == 1
    assert load(home).rows_loaded == {"sales": 3}
    assert [sale for sale, _ in sold(home)] == ["1", "2", "3", "4", "5"]
    assert len(rejects(home)) == 1
    assert_accounted(home)


def test_rows_of_a_cut_off_load_are_gone_when_their_file_is(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home.deliver("till/sales/a.csv", sales(1, 2))
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "write", cut)
        with pytest.raises(Cut):
            load(home)
    file.unlink()
    load(home)
    assert sold(home) == []


@pytest.mark.parametrize(
    "after",
    [sales(1, 3), sales(1, 1), sales(1, 2, "mud")],
    ids=["longer", "shorter", "as many rows"],
)
def test_a_file_that_changes_while_it_is_loaded_does_not_count(
    home: Home, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    home.deliver("till/sales/a.csv", sales(1, 2))
    home.deliver("till/sales/b.csv", sales(7, 8))
    run_dlt = raw.run_dlt

    def change_first(*arguments) -> None:
        home.deliver("till/sales/a.csv", after)
        run_dlt(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(raw, "run_dlt", change_first)
        [message] = load(home).messages
    assert message.startswith("till/sales/a.csv: refused: it changed while it was read")
    assert [sale for sale, _ in sold(home)] == ["7", "8"]
    assert load(home).messages == []
    kept = after.splitlines()[1:]
    assert len(sold(home)) == len(kept) + 2
    assert sold(home)[0][1] == kept[0].split(",")[1]
    assert_accounted(home)


def test_the_lock_says_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "writer.lock"
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from ingestion.lock import writer_lock\n"
        "with writer_lock(Path(sys.argv[1]), 'a long night'):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], cwd=REPOSITORY, stdout=-1, text=True
    ) as holder:
        try:
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(Busy) as busy, writer_lock(path, "mine"):
                pass
            assert f"process {holder.pid} (a long night, since 20" in str(busy.value)
            assert "wait for it to end, or stop it" in str(busy.value)
        finally:
            holder.kill()
    with writer_lock(path, "mine"):
        assert f'"pid": {os.getpid()}' in path.read_text()


def test_a_second_load_at_once_is_told_of_the_first(home: Home) -> None:
    """Through the whole command."""
    home.deliver("shop/orders/a.csv", orders(0, 1))
    with writer_lock(home.path / "writer.lock", "the first load"):
        done = home.call("run", "--as-of", "2026-07-01", "--no-wait")
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert f"process {os.getpid()} (the first load" in line


def test_a_package_that_a_killed_run_left_is_dropped(home: Home) -> None:
    settings = Settings(home=home.path)
    home.deliver("till/sales/a.csv", sales(1, 2))
    load(home)
    with raw.connect(settings) as connection:
        left = raw.pipeline(settings, connection, "till")
        left.extract([{"sale_id": "ghost"}], table_name="sales")
        left.normalize()
        assert left.has_pending_data
    home.deliver("till/sales/b.csv", sales(3, 3))
    load(home)
    assert [sale for sale, _ in sold(home)] == ["1", "2", "3"]
    with raw.connect(settings) as connection:
        assert not raw.pipeline(settings, connection, "till").has_pending_data


def test_a_ledger_that_dlt_wrote_is_taken_over(home: Home) -> None:
    """As the release before left it, with a load that was killed half way."""
    home.deliver("till/sales/a.csv", sales(1, 2) + "6,tea,x,\n")
    load(home)
    before = in_ledger(home)
    with duckdb.connect(str(home.path / "warehouse.duckdb")) as connection:
        connection.execute(
            "create table raw_ledger._dlt_loads as"
            " select * from (values ('1', 0), ('2', 1)) as loads (load_id, status)"
        )
        for name in ("files", "rejects", "columns"):
            connection.execute(
                f"alter table raw_ledger.{name}"
                " add column _dlt_load_id text default '1'"
            )
            connection.execute(
                f"insert into raw_ledger.{name} by name"
                f" select * replace ('2' as _dlt_load_id) from raw_ledger.{name}"
            )
        connection.execute("alter table raw_ledger.files drop column read_as")
    load(home)
    assert in_ledger(home) == before
    assert home.warehouse(
        "select table_name from duckdb_tables() where schema_name = 'raw_ledger'"
        " order by all"
    ) == [("beginnings",), ("columns",), ("files",), ("rejects",), ("totals",)]


def test_lost_working_folders_of_dlt_change_nothing(home: Home) -> None:
    home.deliver("till/sales/a.csv", sales(1, 2))
    load(home)
    shutil.rmtree(home.path / "dlt")
    home.deliver("till/sales/b.csv", "sale_id,item,colour\n3,tea,red\n")
    load(home)
    assert [sale for sale, _ in sold(home)] == ["1", "2", "3"]
    assert_accounted(home)


def orders(first: int, count: int) -> str:
    rows = (
        f"o{n},c{n % 97},{n}@example.com,paid,web,EUR,{n}.50,0,,1.5,{n}.50,"
        f"2026-01-31 10:00:00,2026-01-31 10:00:00\n"
        for n in range(first, first + count)
    )
    return ORDER_HEADINGS + "".join(rows)


def deliver_many(home: Home, file_count: int, row_count: int) -> None:
    """Files of orders and of events; every tenth with a row that is quarantined."""
    for number in range(file_count):
        first = number * row_count
        broken = "broken" * (number % 10 == 0)
        if number % 2:
            events = (EVENT % (n, KNOWN) for n in range(first, first + row_count))
            text = "".join(events) + broken
            home.deliver(f"web_events/events/{number:03}.jsonl", text)
        else:
            home.deliver(
                f"shop/orders/{number:03}.csv", orders(first, row_count) + broken
            )


def start(home: Home) -> subprocess.Popen:
    """Load in a process of its own; returns when it has begun to."""
    process = subprocess.Popen(
        [sys.executable, "-c", LOAD, str(home.path)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "begun\n", process.stderr.read()
    return process


def finish(home: Home) -> None:
    """Load without disturbance."""
    process = start(home)
    errors = process.communicate()[1]
    assert process.returncode == 0, errors


def assert_like_undisturbed(home: Home, calm: Home) -> None:
    assert in_ledger(home) == in_ledger(calm)
    for source in SOURCES:
        assert in_raw(home, source) == in_raw(calm, source)
        assert_accounted(home, source)


@pytest.mark.torture
def test_a_load_killed_again_and_again_ends_as_an_undisturbed_one(
    tmp_path: Path,
) -> None:
    """Whenever a load gets through between two kills, the next begins from nothing."""
    calm, home = Home(tmp_path / "calm"), Home(tmp_path / "home")
    deliver_many(calm, 60, 2000)
    process = start(calm)
    started = time.monotonic()
    assert process.wait() == 0, process.stderr.read()
    whole = time.monotonic() - started

    chosen = random.Random(1)
    killed = 0
    while killed < 30:
        home.path.mkdir(exist_ok=True)
        if not (home.path / "landing").exists():
            (home.path / "landing").symlink_to(calm.path / "landing")
        process = start(home)
        try:
            process.wait(chosen.uniform(0, 0.9) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            killed += 1
        errors = process.communicate()[1]
        assert process.returncode in (0, -signal.SIGKILL), errors
        if process.returncode == 0:
            assert_like_undisturbed(home, calm)
            shutil.rmtree(home.path)
    finish(home)
    assert_like_undisturbed(home, calm)


@pytest.mark.torture
def test_a_full_disk_is_named_and_the_next_load_ends_right(
    tmp_path: Path, small_disk: Path
) -> None:
    calm, home = Home(tmp_path / "calm"), Home(small_disk / "home")
    deliver_many(calm, 40, 4000)
    finish(calm)

    home.path.mkdir()
    (home.path / "landing").symlink_to(calm.path / "landing")
    (small_disk / "ballast").write_bytes(b"\1" * 24_000_000)
    process = start(home)
    errors = process.communicate()[1]
    assert process.returncode == 1, "the disk was large enough"
    assert "No space left on device" in errors
    with duckdb.connect(str(home.path / "warehouse.duckdb")) as connection:
        counted = ledger.read_known(connection, "shop")
    assert len(counted.loaded) in (0, 20)

    resize = ["mount", "-o", "remount,size=400m", str(small_disk)]
    subprocess.run(resize, check=True)
    finish(home)
    assert_like_undisturbed(home, calm)
