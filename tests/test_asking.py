"""What asks for nights by itself: the clock, nights that were missed, new files."""

import json
import logging
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import duckdb
import pytest

from ingestion.home import close_home
from ingestion.settings import Settings
from orchestration import dead_runs
from orchestration.alarms import open_incidents
from orchestration.instance import write_settings
from orchestration.line import _InLine
from orchestration.missed import missed_nights, missed_sentence
from orchestration.nightly import every_night, on_arrival, watching
from tests.test_alarm_messages import publish as publish_alarms
from tests.test_line import begin

TICK = datetime(2026, 7, 5, 2, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty home with Dagster's settings in it."""
    made = Settings(home=tmp_path / "home")
    monkeypatch.setenv("UNAVISTA_HOME", str(made.home))
    close_home(made)
    write_settings(made)
    watching.cache_clear()
    return made


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(settings.dagster)) as made:
        yield made


def publish(settings: Settings, night: str, at: datetime | None = None) -> None:
    """A version of a night, as if it had been published then."""
    version = settings.published / "versions" / f"{night}_0001"
    version.mkdir(parents=True)
    (version / "marts.duckdb").touch()
    if at:
        os.utime(version / "marts.duckdb", (at.timestamp(), at.timestamp()))


def asked(instance: dg.DagsterInstance, tick: datetime = TICK) -> list[str] | str:
    """The nights that the schedule asks for, or why it asks for none."""
    found = every_night(dg.build_schedule_context(instance, tick))
    if isinstance(found, dg.SkipReason):
        return found.skip_message
    return [request.partition_key for request in found]


def end(instance: dg.DagsterInstance, run: str, how: str) -> None:
    known = instance.get_run_by_id(run)
    if how == "failed":
        instance.report_run_failed(known)
    else:
        instance.report_run_canceled(known)


def test_a_first_night_is_asked_for_alone(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    assert asked(instance) == ["2026-07-05"]


def test_missed_nights_are_asked_for_with_the_next_one(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """In order; from the newest night on, whatever readers are shown."""
    for night in ("2026-07-01", "2026-07-02"):
        publish(settings, night)
    (settings.published / "current").symlink_to(Path("versions") / "2026-07-01_0001")
    assert asked(instance) == ["2026-07-03", "2026-07-04", "2026-07-05"]


class Steps:
    """An executor whose one step does as it is told."""

    retries = None

    def __init__(self, error: str = "") -> None:
        self.error = error

    def execute(self, *_: object) -> Iterator[SimpleNamespace]:
        error = SimpleNamespace(cause=None, message=self.error, cls_name="ValueError")
        yield SimpleNamespace(
            is_step_failure=bool(self.error),
            step_key="load_shop",
            step_failure_data=SimpleNamespace(error=error),
        )


@pytest.mark.parametrize("steps", [["load_shop", "published"], ["load_shop"]])
def test_a_run_of_the_page_tells_of_a_whole_night(
    settings: Settings, instance: dg.DagsterInstance, steps: list[str]
) -> None:
    def run(night: str, error: str) -> list[str]:
        context = SimpleNamespace(
            dagster_run=instance.get_run_by_id(begin(instance, night)),
            instance=instance,
            log=logging.getLogger("a test"),
        )
        plan = SimpleNamespace(step_keys_to_execute=steps)
        assert len(list(_InLine(Steps(error)).execute(context, plan))) == 1
        return [f"{i.since} {i.cause}" for i in open_incidents(settings)]

    said = ["2026-07-01 load_shop: it broke"] if "published" in steps else []
    assert run("2026-07-01", "it broke") == said
    assert run("2026-07-02", "it broke again") == said
    publish_alarms(settings, date(2026, 7, 3))
    assert run("2026-07-03", "") == []


def test_a_run_tells_of_the_nights_that_were_missed_and_the_schedule_does_not(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """For whoever looks at the page has it asked too, for hours to come."""
    publish(settings, "2026-07-02")
    found = every_night(dg.build_schedule_context(instance, TICK))
    assert open_incidents(settings) == []
    for request in found[:2]:
        run = begin(instance, request.partition_key)
        instance.add_run_tags(run, request.tags)
        context = SimpleNamespace(
            dagster_run=instance.get_run_by_id(run),
            instance=instance,
            log=logging.getLogger("a test"),
        )
        plan = SimpleNamespace(step_keys_to_execute=["load_shop"])
        list(_InLine(Steps()).execute(context, plan))
        [incident] = open_incidents(settings)
        assert incident.found == "2 nights, 2026-07-03 to 2026-07-04, were not run"


def test_a_killed_night_is_told_when_the_next_one_settles_it(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(instance, "2026-07-01")
    monkeypatch.setattr(dead_runs, "is_alive", lambda *_: False)
    assert len(dead_runs.settle(settings, instance, "")) == 1
    [incident] = open_incidents(settings)
    assert "was killed, or the machine went down" in incident.cause


def test_of_very_many_missed_nights_the_last_are_asked_for(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """A machine that was off for years does not run for weeks unasked."""
    publish(settings, "2020-01-01")
    found = asked(instance)
    assert found[0] == "2026-06-05"
    assert len(found) == 31


def test_a_night_that_failed_is_left_to_a_person(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """One that was stopped is not; one that goes on or waits comes by itself."""
    publish(settings, "2026-06-30")
    end(instance, begin(instance, "2026-07-01"), "failed")
    end(instance, begin(instance, "2026-07-02"), "stopped")
    begin(instance, "2026-07-03")
    assert asked(instance) == ["2026-07-02", "2026-07-04", "2026-07-05"]


def test_a_late_tick_does_not_repeat_a_night_that_was_run_by_hand(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    publish(settings, "2026-07-05", at=TICK.replace(hour=8))
    assert "2026-07-05 was published at 2026-07-05 08:00" in asked(instance)


def test_a_night_that_was_run_before_its_hour_is_run_again(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    publish(settings, "2026-07-05", at=TICK.replace(hour=1))
    assert asked(instance) == ["2026-07-05"]


def test_the_command_says_which_nights_were_missed(settings: Settings) -> None:
    assert missed_nights(settings, date(2026, 7, 5)) == []
    publish(settings, "2026-07-02")
    assert missed_nights(settings, date(2026, 7, 3)) == []
    assert missed_nights(settings, date(2026, 7, 1)) == []
    assert missed_sentence(settings, date(2026, 7, 3)) == ""
    assert missed_sentence(settings, date(2026, 7, 4)) == (
        "the night of 2026-07-03 was missed; to catch up:"
        " unavista run --from 2026-07-03 --to 2026-07-03"
    )
    assert missed_sentence(settings, date(2026, 7, 6)) == (
        "3 nights were missed, 2026-07-03 to 2026-07-05; to catch up:"
        " unavista run --from 2026-07-03 --to 2026-07-05"
    )
    later = Settings(home=settings.home, first_night=date(2026, 7, 4))
    assert missed_nights(later, date(2026, 7, 5)) == [date(2026, 7, 4)]


class Looks:
    """The sensor, evaluated again and again as the daemon would."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance) -> None:
        self.settings = settings
        self.instance = instance
        self.cursor: str | None = None

    def look(self) -> list[str] | str:
        """The nights asked for, or why none is."""
        context = dg.build_sensor_context(self.instance, cursor=self.cursor)
        found = on_arrival(context)
        self.cursor = found.cursor
        if found.skip_reason:
            return found.skip_reason.skip_message
        return [request.partition_key for request in found.run_requests]

    def deliver(self, name: str, text: str = "id\n1\n") -> Path:
        file = self.settings.landing / "shop" / "orders" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file


@pytest.fixture
def looks(settings: Settings, instance: dg.DagsterInstance) -> Looks:
    settings.landing.mkdir(exist_ok=True)
    return Looks(settings, instance)


def test_a_file_is_news_once_it_has_stopped_growing(looks: Looks) -> None:
    tonight = [looks.settings.today.isoformat()]
    assert looks.look() == "nothing new lies in the landing"
    assert looks.look() == "nothing new lies in the landing"
    file = looks.deliver("a.csv")
    assert looks.look() == "1 file is new, and may still be growing"
    file.write_text("id\n1\n2\n")
    looks.deliver("b.csv.part")
    assert looks.look() == "1 file is new, and may still be growing"
    assert looks.look() == tonight
    assert looks.look() == "nothing new lies in the landing"
    file.unlink()
    assert looks.look() == "nothing new lies in the landing"


def test_a_file_that_never_rests_holds_up_no_other(looks: Looks) -> None:
    for number in range(3):
        looks.look()
        looks.deliver("growing.csv", "id\n" * (number + 2))
    looks.deliver("whole.csv")
    looks.look()
    looks.deliver("growing.csv", "id\n" * 9)
    assert looks.look() == [looks.settings.today.isoformat()]
    assert "may still be growing" not in str(looks.look())


def test_a_page_begun_anew_asks_only_for_what_came_meanwhile(looks: Looks) -> None:
    looks.deliver("a.csv")
    looks.look()
    assert looks.look() == [looks.settings.today.isoformat()]
    watching.cache_clear()
    looks.look()
    assert looks.look() == "nothing new lies in the landing"
    watching.cache_clear()
    looks.deliver("b.csv")
    looks.look()
    assert looks.look() == [looks.settings.today.isoformat()]


def test_what_a_night_looked_at_is_no_news_to_whoever_switches_it_on(
    looks: Looks,
) -> None:
    loaded = looks.deliver("a.csv").stat()
    version = looks.settings.published / "versions" / "2026-07-01_0001"
    version.mkdir(parents=True)
    at = datetime.fromtimestamp(loaded.st_mtime, UTC).replace(tzinfo=None)
    with duckdb.connect(str(version / "marts.duckdb")) as connection:
        connection.execute("create schema quality")
        connection.execute(
            "create table quality.files as select 'shop/orders/a.csv' as path,"
            " ? as size_bytes, ?::timestamp as delivered_at",
            [loaded.st_size, at],
        )
    looks.look()
    assert looks.look() == "nothing new lies in the landing"
    looks.deliver("b.csv")
    looks.look()
    assert looks.look() == [looks.settings.today.isoformat()]


def test_no_night_is_asked_for_while_one_waits(looks: Looks) -> None:
    """It will load what came; one that has begun may not."""
    tonight = looks.settings.today.isoformat()
    looks.look()
    waiting = begin(looks.instance, tonight)
    looks.deliver("a.csv")
    looks.look()
    assert looks.look() == [tonight]
    end(looks.instance, waiting, "failed")
    queued = looks.instance.create_run_for_job(
        dg.GraphDefinition("nights").to_job(), tags={"dagster/partition": tonight}
    )
    assert queued.status == dg.DagsterRunStatus.NOT_STARTED
    looks.deliver("b.csv")
    looks.look()
    assert looks.look() == f"the night of {tonight} waits already, and will load 1 file"
    assert looks.look() == "nothing new lies in the landing"


def test_what_a_night_extracts_asks_for_no_other_night(looks: Looks) -> None:
    """Each night writes such files: it would never end."""
    looks.look()
    looks.deliver("postgres-1782864000.123-ab12.0.parquet")
    looks.look()
    assert looks.look() == "nothing new lies in the landing"


def test_the_cursor_stays_small(looks: Looks) -> None:
    for number in range(500):
        looks.deliver(f"{number}.csv")
    looks.look()
    assert looks.look() == [looks.settings.today.isoformat()]
    assert len(json.dumps(looks.cursor)) < 40
