"""The job of a night, and what asks for it: the clock, and files that came."""

from datetime import UTC, date, datetime
from functools import cache

import dagster as dg

from ingestion.landing import files_said
from ingestion.settings import Settings, read_settings
from orchestration import run_tags
from orchestration.arrivals import Watch
from orchestration.dead_runs import UNSETTLED
from orchestration.line import in_line
from orchestration.missed import missed_nights
from orchestration.nights import NIGHTS
from orchestration.published import version_of

# Of more nights that were missed in a row, a person should say that they are wanted.
_CATCH_UP_AT_MOST = 30
_LOOK_SECONDS = 20
_UNBEGUN = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
)
_GOES_ON = (dg.DagsterRunStatus.QUEUED, *UNSETTLED)

nightly = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all(),
    partitions_def=NIGHTS,
    executor_def=in_line,
    description="Load, resolve, model, audit, publish.",
)


@dg.schedule(
    job=nightly,
    cron_schedule="0 2 * * *",
    execution_timezone=read_settings().timezone,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="At 02:00, for the day that begins, and for nights that were missed.",
)
def every_night(
    context: dg.ScheduleEvaluationContext,
) -> list[dg.RunRequest] | dg.SkipReason:
    """At 02:00 in UNAVISTA_TIMEZONE, for the day that begins.

    Dagster evaluates the last hour that passed while its daemon was off, as soon as it
    is back. The nights between the newest that is published and this one are asked for
    too: those that nobody began, or that were stopped. What failed is a person's.
    """
    settings, due = read_settings(), context.scheduled_execution_time
    night = due.date()
    if published := _published_at(settings, night, due):
        return dg.SkipReason(
            f"the night of {night} was published at {published:%Y-%m-%d %H:%M} UTC"
        )
    missed = [
        earlier
        for earlier in missed_nights(settings, night)[-_CATCH_UP_AT_MOST:]
        if not _has_run(
            context.instance, earlier, (*_GOES_ON, dg.DagsterRunStatus.FAILURE)
        )
    ]
    # To ask changes nothing, for the page asks too, to show what will be. A run tells.
    said = {run_tags.MISSED: " ".join(map(str, missed))} if missed else {}
    return [_request(asked, tags=said) for asked in (*missed, night)]


@dg.sensor(
    job=nightly,
    minimum_interval_seconds=_LOOK_SECONDS,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Asks for tonight's night again when new files lie in the landing.",
)
def on_arrival(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Ask for tonight's night when a look finds files that are new and complete.

    None is asked for while one waits, which will load them. Off until somebody
    switches it on.
    """
    settings = read_settings()
    new, growing, cursor = watching().look(settings, context.cursor)
    night = settings.today
    if new and _has_run(context.instance, night, _UNBEGUN):
        said = f"the night of {night} waits already, and will load {files_said(new)}"
    elif new:
        key = f"{night} {cursor}"
        return dg.SensorResult([_request(night, key)], cursor=cursor)
    elif growing:
        verb = "is" if growing == 1 else "are"
        said = f"{files_said(growing)} {verb} new, and may still be growing"
    else:
        said = "nothing new lies in the landing"
    return dg.SensorResult(skip_reason=said, cursor=cursor)


@cache
def watching() -> Watch:
    """What this process saw at its last look."""
    return Watch()


def _request(
    night: date, run_key: str | None = None, tags: dict[str, str] | None = None
) -> dg.RunRequest:
    said = night.isoformat()
    return dg.RunRequest(run_key=run_key or said, partition_key=said, tags=tags)


def _published_at(settings: Settings, night: date, since: datetime) -> datetime | None:
    """When a night was published, where that was after `since`."""
    try:
        written = (version_of(settings, night) / "marts.duckdb").stat().st_mtime
    except (LookupError, FileNotFoundError):
        return None
    at = datetime.fromtimestamp(written, UTC)
    return at if at > since else None


def _has_run(
    instance: dg.DagsterInstance, night: date, statuses: tuple[dg.DagsterRunStatus, ...]
) -> bool:
    """Whether a run of the night stands in the history so."""
    return any(
        instance.get_runs(
            dg.RunsFilter(tags={tag: night.isoformat()}, statuses=list(statuses)),
            limit=1,
        )
        for tag in (run_tags.ONE, run_tags.FROM)
    )
