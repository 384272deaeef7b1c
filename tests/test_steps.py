"""What each step of a night took and made is in the ledger, however the step ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from ingestion.settings import Settings
from orchestration import steps
from orchestration.warehouse import let_go
from tests.compiled_models import World, manifest
from tests.conftest import REPOSITORY

NIGHT = date(2026, 7, 1)
NOON = datetime(2026, 7, 1, 12)


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    yield Settings(home=tmp_path / "home")
    let_go()


def runs(settings: Settings, columns: str) -> list[tuple]:
    """What `quality.runs` says, in the order in which it happened."""
    let_go()
    world = World()
    world.connection.execute(
        f"attach '{settings.warehouse}' as home (read_only); create schema raw_ledger;"
        " create table raw_ledger.steps as from home.raw_ledger.steps; detach home"
    )
    world.build("runs")
    [test] = [
        node["name"]
        for node in manifest()["nodes"].values()
        if node["name"].startswith("unique_key_runs_")
    ]
    assert world.failures(test) == []
    return world.rows(
        f"select {columns} from quality.runs order by started_at, part_name nulls first"
    )


def counted(settings: Settings, step: str, rows_in: int, rows_out: int) -> None:
    with duckdb.connect(str(settings.warehouse)) as connection:
        steps.counted(connection, "r1", step, rows_in, rows_out)


def test_a_step_is_noted_with_what_it_read_and_made(settings: Settings) -> None:
    with steps.noted(settings, NIGHT, "r1", "load_shop"):
        counted(settings, "load_shop", 10, 9)
    with steps.noted(settings, NIGHT, "r1", "ledger"):
        pass
    assert runs(
        settings,
        "as_of, run_id, step_name, outcome, rows_in_count, rows_out_count,"
        " duration_seconds between 0 and 60, ended_at >= started_at,"
        " peak_memory_bytes > 10_000_000, unavista_version is not null, duckdb_version",
    ) == [
        (NIGHT, "r1", "load_shop", "done", 10, 9, *[True] * 4, duckdb.__version__),
        (NIGHT, "r1", "ledger", "done", None, None, *[True] * 4, duckdb.__version__),
    ]  # fmt: skip


def test_a_step_that_failed_or_was_stopped_says_so(settings: Settings) -> None:
    for error in (ValueError("a setting"), KeyboardInterrupt()):
        with (
            pytest.raises(type(error)) as raised,
            steps.noted(settings, NIGHT, "r1", "ledger"),
        ):
            raise error
        assert raised.value is error
    with steps.noted(settings, NIGHT, "r1", "ledger"):
        assert runs(settings, "outcome, ended_at is null") == [
            ("failed", False), ("stopped", False), ("going_on", True),
        ]  # fmt: skip


def test_a_killed_step_has_no_end_and_the_next_run_needs_no_hand(
    settings: Settings,
) -> None:
    code = (
        "import os, signal; from datetime import date; from pathlib import Path\n"
        "from ingestion.settings import Settings; from orchestration import steps\n"
        f"with steps.noted(Settings(home=Path({str(settings.home)!r})),"
        " date(2026, 7, 1), 'r1', 'models'):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, check=False,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert runs(settings, "step_name, outcome") == [("models", "going_on")]
    with steps.noted(settings, NIGHT, "r2", "models"):
        pass
    assert runs(settings, "run_id, outcome, duration_seconds is null") == [
        ("r1", "killed", True), ("r2", "done", False),
    ]  # fmt: skip


def test_what_stopped_a_step_is_told_though_its_end_cannot_be_noted(
    settings: Settings,
) -> None:
    def spoil() -> None:
        let_go()
        settings.warehouse.unlink()
        settings.warehouse.mkdir()
        raise ValueError("the disk went away")

    with (
        pytest.raises(ValueError, match="the disk went away") as raised,
        steps.noted(settings, NIGHT, "r1", "published"),
    ):
        spoil()
    [note] = raised.value.__notes__
    assert note.startswith("the ledger does not say how published ended: ")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux measures a step's peak")
def test_the_peak_is_of_the_step_not_of_an_earlier_one(settings: Settings) -> None:
    for step, size in (("large", 300_000_000), ("small", 1)):
        with steps.noted(settings, NIGHT, "r1", step):
            held = b"x" * size
            assert held
        del held
    [(large,), (small,)] = runs(settings, "peak_memory_bytes")
    assert large - small > 200_000_000


def test_the_last_four_hundred_runs_are_kept(settings: Settings) -> None:
    with steps.noted(settings, NIGHT, "r0", "ledger"):
        pass
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(
            "insert into raw_ledger.steps by name select as_of, 'r' || range as run_id,"
            " step_name, outcome, started_at + to_days(range::int) as started_at,"
            " ended_at from raw_ledger.steps, range(1, 450)"
        )
        steps.forget(connection)
        assert connection.execute(
            "select count(*), min(run_id[2:]::int) from raw_ledger.steps"
        ).fetchall() == [(400, 50)]


# --- The parts of the step that builds the models.


def node(kind: str, schema: str, name: str, *parents: str, how: str = "table") -> dict:
    return {
        "resource_type": kind, "schema": schema, "alias": name, "name": name,
        "config": {"materialized": how}, "depends_on": {"nodes": parents},
    }  # fmt: skip


MANIFEST = {
    "sources": {"raw.orders": {"schema": "raw_shop", "identifier": "orders"}},
    "nodes": {
        "seed": node("seed", "seeds", "words", how="seed"),
        "typed": node("model", "staging", "stg_orders", "raw.orders", how="view"),
        "orders": node("model", "marts", "orders", "typed", "seed"),
        "customers": node("model", "marts", "customers", "orders"),
        "known": node("test", "tests", "orders_are_known", "orders", "customers"),
        "typed_right": node("test", "tests", "typed_right", "typed", "orders"),
    },
}


def result(
    key: str, status: str, began: int = 0, seconds: float = 1, found: int | None = None
) -> SimpleNamespace:
    started = NOON + timedelta(seconds=began)
    ended = started + timedelta(seconds=seconds)
    timing = [SimpleNamespace(started_at=started, completed_at=ended)]
    return SimpleNamespace(
        node=SimpleNamespace(unique_id=key), status=status, execution_time=seconds,
        timing=[] if status == "skipped" else timing, failures=found,
    )  # fmt: skip


def parts(settings: Settings, *results: SimpleNamespace) -> list[tuple]:
    with (
        steps.noted(settings, NIGHT, "r1", "models"),
        duckdb.connect(str(settings.warehouse)) as connection,
    ):
        connection.execute(
            "create schema raw_shop; create schema marts; create schema seeds;"
            "create table raw_shop.orders as from range(100);"
            "create table seeds.words as from range(7);"
            "create table marts.orders as from range(90);"
            "create table marts.customers as from range(30)"
        )
        steps.parts_of_models(connection, NIGHT, "r1", "models", results, MANIFEST)
    found = runs(
        settings,
        "part_name, outcome, item_count, rows_in_count, rows_out_count,"
        " duration_seconds, slowest_name, epoch(ended_at - started_at)",
    )
    return [row if row[0] else (*row[:5], *[None] * 3) for row in found]


def test_a_layer_is_told_with_its_slowest_table(settings: Settings) -> None:
    assert parts(
        settings,
        result("seed", "success", 0, 1),
        result("typed", "success", 1, 0.5),
        result("orders", "success", 2, 3),
        result("customers", "success", 5, 4),
        result("known", "pass", 9, 2, found=0),
        result("typed_right", "pass", 9, 1, found=0),
    ) == [
        ("seeds", "done", 1, 0, 7, 1, "words", 1),
        ("staging", "done", 1, 100, 0, 0.5, "stg_orders", 0.5),
        # The seed's rows, and those of the raw table under the view.
        ("marts", "done", 2, 107, 120, 7, "customers", 7),
        ("marts tests", "done", 1, None, 0, 2, "orders_are_known", 2),
        ("several tests", "done", 1, None, 0, 1, "typed_right", 1),
        (None, "done", None, 100, 127, None, None, None),
    ]


def test_what_was_left_out_is_read_and_what_failed_is_said(settings: Settings) -> None:
    assert parts(
        settings,
        result("orders", "success"),
        result("typed_right", "fail", found=3),
        result("customers", "skipped"),
        result("known", "skipped"),
    ) == [
        ("marts", "skipped", 1, 107, 90, 1, "orders", 1),
        ("several tests", "failed", 1, None, 3, 1, "typed_right", 1),
        (None, "failed", None, 107, 90, None, None, None),
    ]
