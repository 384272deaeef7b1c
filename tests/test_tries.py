"""What may pass is tried again, later and later; what will not is not."""

import errno
import os
from pathlib import Path

import dagster as dg
import duckdb
import psycopg
import pytest

from ingestion.extracts.shop_postgres import ExtractionFailed, extract
from ingestion.landing import Landing, Unreachable
from ingestion.passing import may_pass
from ingestion.settings import Settings
from orchestration import runs, tries
from orchestration.instance import write_settings
from tests.test_line import process, until

# A SQL tool or a notebook, in which somebody has a warehouse open.
OPENED = """
import duckdb, sys, time
opened = duckdb.connect(sys.argv[1])
print("open", flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (runs, tries):
        monkeypatch.setattr(module, "PAUSES", (0, 0.01, 0.02))


def step_that(fails: list[Exception]) -> dg.ExecuteInProcessResult:
    """A run of one step, which stops for each of these reasons in turn."""

    @dg.op
    def step(context: dg.OpExecutionContext) -> None:
        with tries.tried_again(context):
            if fails:
                raise fails.pop(0)

    @dg.job
    def night() -> None:
        step()

    return night.execute_in_process(raise_on_error=False)


def test_a_step_is_begun_again_until_it_works(capfd: pytest.CaptureFixture) -> None:
    fails = [OSError(errno.ETIMEDOUT, "timed out"), Unreachable("silent", passing=True)]
    assert step_that(fails).success
    out = capfd.readouterr().out
    assert "[Errno 110] timed out; try 2 of 4 in 0 s" in out
    assert "silent; try 3 of 4 in 0.01 s" in out


def test_what_stops_every_source_is_said_once_a_run(
    capfd: pytest.CaptureFixture,
) -> None:
    silent = "the store is silent"
    fails = [Unreachable(silent, passing=True) for _ in range(2)]

    @dg.op
    def step(context: dg.OpExecutionContext) -> None:
        with tries.tried_again(context):
            if fails and not context.retry_number:
                raise fails.pop()

    @dg.job
    def night() -> None:
        step.alias("one")()
        step.alias("other")()

    assert night.execute_in_process().success
    assert not fails
    assert capfd.readouterr().out.count(silent) == 1


def test_a_step_is_given_up_after_the_last_pause() -> None:
    fails: list[Exception] = [OSError(errno.EIO, f"try {n}") for n in range(1, 6)]
    result = step_that(fails)
    assert not result.success
    assert len(fails) == 1
    failed = [event for event in result.all_events if event.is_step_failure]
    assert "try 4" in failed[0].step_failure_data.error.to_string()


@pytest.mark.parametrize(
    "error",
    [
        ValueError("the setting is wrong"),
        Unreachable("there is no landing folder"),
        OSError(errno.ENOSPC, "No space left on device"),
        PermissionError(errno.EACCES, "Permission denied"),
        dg.Failure("3 rows are not accounted for"),
        psycopg.OperationalError('FATAL: password authentication failed for "ann"'),
    ],
)
def test_what_will_not_pass_is_not_tried_again(error: Exception) -> None:
    fails = [error, ValueError("tried again")]
    result = step_that(fails)
    assert not result.success
    assert len(fails) == 1


@pytest.mark.parametrize(
    ("error", "first"),
    [
        (ValueError("a setting is\x1b[2J wrong"), "a setting is\\x1b[2J wrong"),
        (KeyError("night"), "KeyError: 'night'"),
        (dg.Failure("not so: all is well"), "not so: all is well"),
    ],
)
def test_what_is_read_first_of_a_failed_step_is_its_cause(
    error: Exception, first: str
) -> None:
    """In the page; the command says no more than that."""
    result = step_that([error])
    [failed] = [event for event in result.all_events if event.is_step_failure]
    said = failed.step_failure_data.error.to_string().splitlines()[0]
    assert said.removeprefix("dagster._core.definitions.events.Failure: ") == first
    assert runs.causes_of([failed]) == [f"step: {first}"]


@pytest.mark.parametrize(
    "said",
    [
        'connection failed: connection to server at "10.0.0.9", port 5432 failed',
        "FATAL:  the database system is starting up",
        "FATAL:  sorry, too many clients already",
        "database is locked",
    ],
)
def test_a_server_that_will_answer_later_is_waited_for(said: str) -> None:
    assert may_pass(psycopg.OperationalError(said))


def test_a_warehouse_that_somebody_has_open_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    with process(OPENED, file) as tool:
        until(tool, "open")
        with pytest.raises(duckdb.IOException) as caught:
            duckdb.connect(str(file))
    assert may_pass(caught.value)
    with pytest.raises(duckdb.Error) as wrong:
        duckdb.connect(str(tmp_path / "nowhere" / "warehouse.duckdb"))
    assert not may_pass(wrong.value)


def test_a_shop_that_is_down_is_waited_for(tmp_path: Path) -> None:
    """A port on which nobody answers; an address that is none is not."""
    down = Settings(home=tmp_path, shop_postgres="postgresql://ann@127.0.0.1:1/shop")
    with pytest.raises(ExtractionFailed) as caught:
        extract(down)
    assert may_pass(caught.value)
    wrong = Settings(home=tmp_path, shop_postgres="mysql://ann@127.0.0.1:1/shop")
    with pytest.raises(ExtractionFailed) as refused:
        extract(wrong)
    assert not may_pass(refused.value)


def test_the_command_waits_for_a_landing_that_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    answers = [Unreachable("no answer", passing=True), Unreachable("no such folder")]

    def check(self: Landing) -> None:
        raise answers.pop(0)

    monkeypatch.setattr(Landing, "check", check)
    settings = Settings(home=tmp_path)
    with pytest.raises(runs.RunFailed, match="no such folder"):
        runs.check_landing(settings, wait=True)
    assert "no answer; try 2 of 4 in 0 s" in capfd.readouterr().out
    answers[:] = [Unreachable("no answer", passing=True)]
    with pytest.raises(runs.RunFailed, match="no answer"):
        runs.check_landing(settings, wait=False)


def test_a_killed_run_is_begun_again_by_dagster_and_a_failed_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path)
    monkeypatch.setenv("UNAVISTA_HOME", str(tmp_path))
    os.makedirs(settings.dagster)
    write_settings(settings)

    @dg.op
    def step() -> None:
        raise ValueError("a test failed")

    @dg.job
    def night() -> None:
        step()

    with dg.DagsterInstance.from_config(str(settings.dagster)) as instance:
        killed = instance.create_run_for_job(night)
        instance.report_run_failed(killed, "its process is gone")
        failed = night.execute_in_process(instance=instance, raise_on_error=False)
        will = [
            instance.get_run_by_id(run).tags["dagster/will_retry"]
            for run in (killed.run_id, failed.run_id)
        ]
    assert will == ["true", "false"]
