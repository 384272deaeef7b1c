"""Runs whose process is gone, though Dagster's history says that they go on."""

import time
from datetime import UTC, date, datetime

import dagster as dg

from ingestion.lock import tickets
from ingestion.settings import Settings
from orchestration import alarms
from orchestration.run_tags import night_said

# A run takes its ticket as it starts; before, its process reads the whole project.
_SECONDS_WITHOUT_TICKET = {dg.DagsterRunStatus.STARTED: 60}
_SECONDS_BEFORE_START = 600
UNSETTLED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def is_alive(settings: Settings, record: dg.RunRecord) -> bool:
    """Whether the process of a run that has not ended is there, or may yet come."""
    run = record.dagster_run
    mine = [ticket for ticket in tickets(settings.lock) if ticket.run == run.run_id]
    if mine:
        return any(ticket.is_alive for ticket in mine)
    seconds = _SECONDS_WITHOUT_TICKET.get(run.status, _SECONDS_BEFORE_START)
    # Either way: the clock may have been set back since.
    return abs(time.time() - record.update_timestamp.timestamp()) < seconds


def is_dead(settings: Settings, record: dg.RunRecord) -> bool:
    """Whether a run's process is gone, though the run is said to go on."""
    return record.dagster_run.status in UNSETTLED and not is_alive(settings, record)


def settle(settings: Settings, instance: dg.DagsterInstance, mine: str) -> list[str]:
    """End in the history what has ended without a word; returns a sentence for each.

    `mine` is the run of this process, or empty.
    """
    said = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=UNSETTLED)):
        run = record.dagster_run
        if run.run_id == mine or is_alive(settings, record):
            continue
        night = night_said(run.tags) or "?"
        began = datetime.fromtimestamp(
            record.start_time or record.create_timestamp.timestamp(), UTC
        )
        sentence = (
            f"the night of {night} that began at {began:%Y-%m-%d %H:%M} UTC was killed,"
            " or the machine went down: nothing of it was published"
        )
        if run.status == dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, sentence)
        else:
            instance.report_run_failed(run, sentence)
            if night != "?":
                alarms.after_failed_night(settings, date.fromisoformat(night), sentence)
        said.append(sentence)
    for ticket in tickets(settings.lock):
        if not ticket.is_alive:
            ticket.path.unlink(missing_ok=True)
    return said
