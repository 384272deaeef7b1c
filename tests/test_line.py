"""Who comes second waits in line; the dead are settled; what is said is said once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
import yaml

from ingestion.home import close_home
from ingestion.lock import Busy, tickets, writer, writer_lock
from ingestion.settings import Settings, read_settings
from orchestration import line, run_tags, runs
from orchestration.before_a_night import NotBegun
from orchestration.cli import main
from orchestration.dead_runs import is_dead, settle
from orchestration.instance import write_settings
from orchestration.line import in_line
from orchestration.lookups import status
from orchestration.nightly import _has_run
from orchestration.published import night_shown, roll_back
from orchestration.registry import first_night
from orchestration.tries import tried_again
from orchestration.warehouse import Damaged
from tests.conftest import REPOSITORY

HOLD = """
import sys, time
from pathlib import Path
from ingestion.lock import writer_lock

def say(sentence):
    print(sentence, flush=True)

path, purpose, run = sys.argv[1:]
with writer_lock(Path(path), purpose, say, run):
    print("held", flush=True)
    time.sleep(60)
"""
STOP = """
import signal, sys, time
from orchestration.stopping import stopping

def told():
    print("told", flush=True)

def overdue():
    print("overdue", flush=True)

with stopping(told, overdue) as stop:
    if sys.argv[1] == "deaf":
        signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        print("begun", flush=True)
        while True:
            time.sleep(0.1)
    except KeyboardInterrupt:
        stop.asked.wait()
print("ended by", stop.sign)
"""


# Where a shell began all of this in the background, Dagster has SIGTERM ignored.
_HEARS = "import signal; signal.signal(signal.SIGTERM, signal.SIG_DFL)\n"


@contextmanager
def process(program: str, *arguments: object) -> Iterator[subprocess.Popen]:
    """A Python program in a process of its own, killed at last."""
    with subprocess.Popen(
        [sys.executable, "-c", _HEARS + program, *map(str, arguments)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    ) as begun:
        try:
            yield begun
        finally:
            begun.kill()


def until(begun: subprocess.Popen, word: str) -> str:
    """The next line of a process that holds the word."""
    for heard in begun.stdout:
        if word in heard:
            return heard
    raise AssertionError(f"{word} was never said")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty home with Dagster's settings in it."""
    made = Settings(home=tmp_path / "home")
    close_home(made)
    write_settings(made)
    return made


@pytest.fixture
def instance(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("UNAVISTA_HOME", str(settings.home))
    with dg.DagsterInstance.from_config(str(settings.dagster)) as made:
        yield made


def begin(instance: dg.DagsterInstance, night: str) -> str:
    """A run that the history says goes on."""

    @dg.op
    def nothing() -> None: ...

    @dg.graph
    def nights() -> None:
        nothing()

    run = instance.create_run_for_job(
        nights.to_job(), tags={"dagster/partition": night}
    )
    for kind in (dg.DagsterEventType.RUN_STARTING, dg.DagsterEventType.RUN_START):
        instance.report_dagster_event(
            dg.DagsterEvent(event_type_value=kind.value, job_name="nights"), run.run_id
        )
    return run.run_id


def test_the_line_moves_on_when_the_first_is_killed(tmp_path: Path) -> None:
    """In the order in which they came, each told for whom it waits."""
    lock = tmp_path / "writer.lock"
    with (
        process(HOLD, lock, "one", "") as one,
        process(HOLD, lock, "other", "") as other,
    ):
        first, last = (one, other) if "(one" in writer_of(lock) else (other, one)
        assert until(first, "held")
        said = until(last, "writes the warehouse")
        assert f"process {first.pid} (o" in said
        assert "this begins when that ends" in said
        assert [ticket.pid for ticket in tickets(lock)] == [first.pid, last.pid]
        with (
            pytest.raises(Busy, match=f"by process {first.pid} "),
            writer_lock(lock, "not waiting"),
        ):
            pass
        first.kill()
        assert until(last, "held")
        assert f"process {last.pid} (o" in writer(lock)
    assert writer(lock) == ""
    with writer_lock(lock, "mine"):
        assert json.loads(lock.read_text())["pid"] == os.getpid()


def writer_of(lock: Path) -> str:
    """Who holds the lock, as soon as somebody does."""
    while not (holder := writer(lock)):
        time.sleep(0.02)
    return holder


def test_a_holder_that_is_stopped_is_said_to_be(tmp_path: Path) -> None:
    """It hears a SIGTERM only when it goes on."""
    path = tmp_path / "writer.lock"
    with process(HOLD, path, "a night) T (", "") as holder:
        until(holder, "held")
        assert "stopped" not in writer(path)
        holder.send_signal(signal.SIGSTOP)
        os.waitpid(holder.pid, os.WUNTRACED)
        said = f"; it is stopped: kill -CONT {holder.pid} lets it go on, or end)"
        assert writer(path).endswith(said)
        with pytest.raises(Busy, match="kill -CONT"), writer_lock(path, "mine"):
            pass
        holder.terminate()
        holder.send_signal(signal.SIGCONT)
        assert holder.wait(10) == -signal.SIGTERM


@pytest.mark.parametrize("ear", ["listens", "deaf"])
def test_a_night_that_is_told_to_end_does(ear: str) -> None:
    """By itself or, where a library keeps the signal to itself, by force."""
    with process(STOP, ear) as night:
        assert until(night, "begun")
        night.send_signal(signal.SIGTERM)
        assert until(night, "told")
        rest = night.stdout.read()
        assert night.wait() == (0 if ear == "listens" else 128 + signal.SIGTERM)
    assert rest == ("ended by 15\n" if ear == "listens" else "overdue\n")


def test_a_killed_run_is_settled_and_a_living_one_is_not(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    dead, living = begin(instance, "2026-07-01"), begin(instance, "2026-07-02")
    with (
        process(HOLD, settings.lock, "a night", dead) as killed,
        process(HOLD, settings.lock, "a night", living),
    ):
        while len(tickets(settings.lock)) < 2:
            time.sleep(0.02)
        assert settle(settings, instance, "") == []
        killed.kill()
        killed.wait()
        assert "as of 2026-07-01  killed" in status(settings)
        assert "as of 2026-07-02  going on" in status(settings)
        [said] = settle(settings, instance, "")
        assert "the night of 2026-07-01 that began at " in said
        assert [ticket.run for ticket in tickets(settings.lock)] == [living]
    states = {
        record.dagster_run.run_id: record.dagster_run.status
        for record in instance.get_run_records()
    }
    assert states == {
        dead: dg.DagsterRunStatus.FAILURE, living: dg.DagsterRunStatus.STARTED
    }  # fmt: skip
    assert "as of 2026-07-01  failed" in status(settings)


def test_dagster_is_told_that_the_process_of_a_run_is_gone(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """So that its queue does not wait for a night of the command that was killed."""
    run = begin(instance, "2026-07-01")
    launcher = instance.run_launcher
    assert launcher.supports_check_run_worker_health
    assert instance.run_monitoring_enabled
    with process(HOLD, settings.lock, "a night", run) as night:
        until(night, "held")
        known = instance.get_run_by_id(run)
        assert launcher.check_run_worker_health(known).status.value == "RUNNING"
        night.kill()
        night.wait()
        assert launcher.check_run_worker_health(known).status.value == "FAILED"
        assert is_dead(settings, instance.get_run_record_by_id(run))


def test_settings_of_an_operator_stay(settings: Settings) -> None:
    file = settings.dagster / "dagster.yaml"
    written = file.read_text()
    assert yaml.safe_load(written)["run_coordinator"]["class"] == "Queue"
    heading, _, rest = written.partition("\n")
    older = rest.replace("poll_interval_seconds: 10", "poll_interval_seconds: 120")
    file.write_text(f"{heading}\n{older}")
    write_settings(settings)
    assert file.read_text() == f"{heading}\n{older}"
    file.write_text(rest)
    write_settings(settings)
    assert file.read_text() == rest
    file.unlink()
    write_settings(settings)
    assert file.read_text() == written


def test_settings_of_the_release_before_are_brought_up_to_date(
    settings: Settings,
) -> None:
    file = settings.dagster / "dagster.yaml"
    written = file.read_text()
    before = (
        "telemetry:\n  enabled: false\nnux:\n  enabled: false\nconcurrency:\n"
        "  pools:\n    default_limit: 1\nevent_log_storage:\n"
        "  module: orchestration.event_log\n  class: EventLog\n  config:\n"
        '    base_dir: "/srv/data/dagster/history/runs"\n'
    )
    edited = before.replace("default_limit: 1", "default_limit: 2")
    file.write_text(edited)
    write_settings(settings)
    assert file.read_text() == edited
    file.write_text(before)
    write_settings(settings)
    assert file.read_text() == written


def test_a_past_night_and_a_rollback_move_a_link_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", keep_versions=2)
    versions = settings.published / "versions"

    def made(name: str) -> None:
        (versions / name).mkdir(parents=True)

    with pytest.raises(LookupError, match="nothing is published yet"):
        roll_back(settings, None)
    made("2026-07-01_0001")
    made("2026-07-02_0001")
    made("2026-07-02_0002")
    (settings.published / "current").symlink_to(versions / "2026-07-02_0002")
    said = roll_back(settings, None)
    assert said.startswith("readers see 2026-07-02_0001, they saw 2026-07-02_0002.")
    assert roll_back(settings, None).startswith("readers see 2026-07-02_0002, the new")
    roll_back(settings, date(2026, 7, 1))
    assert night_shown(settings) == date(2026, 7, 1)
    assert roll_back(settings, date(2026, 7, 1)).endswith("already")
    with pytest.raises(LookupError, match="no version of 2026-06-01 is kept; there"):
        roll_back(settings, date(2026, 6, 1))


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [
        ("UNAVISTA_KEEP_VERSIONS", "-1", "expected a whole number of at least 1"),
        ("UNAVISTA_KEEP_VERSIONS", "0", "expected a whole number of at least 1"),
        ("UNAVISTA_THREADS", "many", "expected a whole number of at least 1"),
        ("UNAVISTA_TIMEZONE", "Mars/Olympus", "expected a time zone such as Europe"),
        ("UNAVISTA_FIRST_NIGHT", "May", "expected a day such as 2026-07-01"),
        ("UNAVISTA_FIRST_NIGHT", "1999-12-31", "expected a day from 2000-01-01 on"),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, cure: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=f"{name}='{value}': {cure}"):
        read_settings()
    assert main(["status"]) == 1


def test_the_page_begins_with_the_first_night(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert first_night(settings) == settings.today
    folder = settings.registry / "record_keys"
    folder.mkdir(parents=True)
    for night in ("2026-06-02", "2026-06-01"):
        (folder / f"{night}.parquet").touch()
    assert first_night(settings) == date(2026, 6, 1)
    said = Settings(home=tmp_path, first_night=date(2025, 1, 1))
    assert first_night(said) == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--from 2026-07-02 --to 2026-07-01", "comes after --to 2026-07-01"),
        ("--from 2999-07-02", "is not a day from 2000-01-01 to today"),
        ("--to 2026-07-01", "say either one night"),
        ("--as-of 2026-07-01 --from 2026-07-01", "say either one night"),
    ],
)
def test_nights_that_cannot_be_are_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    arguments: str,
    message: str,
) -> None:
    monkeypatch.setenv("UNAVISTA_HOME", str(tmp_path))
    assert main(["run", *arguments.split()]) == 1
    assert message in capsys.readouterr().err


def test_nights_are_run_in_order_up_to_one_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = []

    def night(settings: Settings, as_of: date, wait: bool) -> None:
        if len(ran) == 2:
            raise runs.RunFailed("the disk is full")
        ran.append(as_of.isoformat())

    monkeypatch.setattr(runs, "run_night", night)
    monkeypatch.setenv("UNAVISTA_FIRST_NIGHT", "2026-01-01")
    with pytest.raises(runs.RunFailed) as failed:
        runs.run_nights(Settings(home=tmp_path), date(2026, 6, 30), date(2026, 7, 5))
    assert ran == ["2026-06-30", "2026-07-01"]
    assert str(failed.value).startswith("2026-07-02: the disk is full")
    assert str(failed.value).endswith("run --from 2026-07-02 --to 2026-07-05")


@dg.job(executor_def=in_line)
def two_sources() -> None:
    """A night of two steps that know nothing of each other."""

    @dg.op
    def load(context: dg.OpExecutionContext) -> None:
        with tried_again(context):
            errors = {"words": ValueError, "setting": NotBegun, "damage": Damaged}
            raise errors[context.run.tags["fails"]]("not so")

    load.alias("one")()
    load.alias("other")()


@pytest.mark.parametrize(
    ("fails", "steps"), [("words", 2), ("setting", 1), ("damage", 1)]
)
def test_what_would_stop_every_step_is_said_once(
    instance: dg.DagsterInstance, fails: str, steps: int
) -> None:
    """A setting that is wrong; not what is wrong with one source."""
    tags = {"dagster/partition": "2026-07-01", "fails": fails}
    with dg.execute_job(
        dg.reconstructable(two_sources), instance, tags=tags, raise_on_error=False
    ) as result:
        assert not result.success
        failed = [event for event in result.all_events if event.is_step_failure]
        assert len(failed) == steps
    run = instance.get_run_by_id(result.run_id)
    assert run.status == dg.DagsterRunStatus.FAILURE
    assert run.tags["dagster/failure_reason"] == "STEP_FAILURE"


RANGE = {run_tags.FROM: "2026-07-01", run_tags.TO: "2026-07-01"}


@pytest.mark.parametrize(
    ("tags", "night"),
    [
        ({"dagster/partition": "2026-07-01"}, "2026-07-01"),
        (RANGE, "2026-07-01"),
        ({**RANGE, run_tags.TO: "2026-07-02"}, ""),
        ({}, ""),
    ],
)
def test_a_run_is_for_the_night_that_its_tags_say(tags: dict, night: str) -> None:
    """A backfill asked for in lineage says it otherwise than one of the job."""
    assert run_tags.night_said(tags) == night


@pytest.mark.parametrize("tags", [{"dagster/partition": "2026-07-01"}, RANGE])
def test_a_whole_night_tells_its_end_however_it_was_asked_for(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, tags: dict
) -> None:
    told = []
    monkeypatch.setattr(
        line.alarms, "after_good_night", lambda _, night: told.append(night)
    )
    job = dg.reconstructable(whole_night)
    with dg.execute_job(job, instance, tags=tags) as result:
        assert result.success
    assert told == [date(2026, 7, 1)]
    assert _has_run(instance, date(2026, 7, 1), (dg.DagsterRunStatus.SUCCESS,))
    assert not _has_run(instance, date(2026, 7, 2), (dg.DagsterRunStatus.SUCCESS,))


@dg.job(executor_def=in_line)
def whole_night() -> None:
    """A night of its last step."""

    @dg.op
    def published() -> None: ...

    published()
