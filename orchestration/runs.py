"""One night, from landing files to published tables, in this process."""

import contextlib
import json
import logging
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from ingestion.home import close_home
from ingestion.landing import Landing, Unreachable
from ingestion.lock import writer_lock
from ingestion.settings import Settings
from ingestion.sources import all_sources
from orchestration import progress
from orchestration.published import night_shown, version_of

_INSTANCE = """\
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    default_limit: 1
event_log_storage:
  module: orchestration.event_log
  class: EventLog
  config:
    base_dir: {history}
"""


class RunFailed(Exception):
    """The night stopped; what is published stays as it was."""


def prepare_home(settings: Settings) -> None:
    """Create and close the folders of a home, and write Dagster's settings in it."""
    for sentence in close_home(settings):
        progress.show("home", f"  ! {sentence}")
    history = json.dumps(str(settings.dagster / "history" / "runs"))
    (settings.dagster / "dagster.yaml").write_text(_INSTANCE.format(history=history))


def check_landing(settings: Settings) -> None:
    """Raise RunFailed when there is no landing, here or at its address."""
    try:
        Landing(settings).check()
    except Unreachable as error:
        raise RunFailed(str(error)) from None


def _check_what_people_wrote(settings: Settings) -> None:
    from orchestration import before_a_night
    from orchestration.models import manifest_path
    from orchestration.public_tables import public_tables

    before_a_night.check(settings, public_tables(manifest_path()))


def run_night(settings: Settings, as_of: date) -> None:
    """Execute the whole graph for `as_of`. Raises RunFailed with the cause."""
    check_landing(settings)
    _check_what_people_wrote(settings)
    first, last = date(2000, 1, 1), today(settings)
    if not first <= as_of <= last:
        raise RunFailed(f"--as-of {as_of} is not a day from {first} to today, {last}")
    prepare_home(settings)
    with writer_lock(settings.lock, f"unavista run --as-of {as_of}"):
        progress.begin()
        log = settings.logs / f"{as_of}.log"
        with log.open("w") as file, contextlib.redirect_stdout(file):
            _execute(as_of, file, log)


def _execute(as_of: date, file, log: Path) -> None:
    import dagster as dg

    from orchestration.definitions import definitions

    logging.getLogger("dagster").handlers = [logging.StreamHandler(file)]
    job = definitions.resolve_job_def("nightly")
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.get() as instance:
        result = job.execute_in_process(
            partition_key=as_of.isoformat(),
            instance=instance,
            raise_on_error=False,
            run_config=quiet,
        )
    if result.success:
        return
    causes = [
        f"{event.step_key}: {_root_cause(event.step_failure_data.error)}"
        for event in result.all_events
        if event.is_step_failure
    ]
    raise RunFailed(
        "the night stopped, and what is published stays as it was:\n  "
        + "\n  ".join(causes)
        + f"\n  everything that was said is in {log}"
    )


def _root_cause(error) -> str:
    while error.cause is not None:
        error = error.cause
    return error.message.strip()


def summary(settings: Settings, as_of: date) -> str:
    """What a person wants to know after a night, read from what it published."""
    version = version_of(settings, as_of)
    with duckdb.connect(str(version / "marts.duckdb"), read_only=True) as connection:
        lines = [
            "",
            *_delivered(connection),
            "",
            *_found(connection),
            "",
            "segments",
            *_segments(connection),
            "",
        ]
    shown = night_shown(settings)
    if shown != as_of:
        lines += [
            f"This is the night of {as_of}, run again; readers still see {shown}.",
            f"published  {version / 'marts.duckdb'}",
        ]
        return "\n".join(lines)
    marts = settings.published / "marts.duckdb"
    lines += [
        f"published  {marts}",
        f"           {settings.published / 'contacts.duckdb'}  (personal)",
        f"           {settings.published / 'parquet'}",
        "",
        "try",
        *(f'  duckdb -readonly {_shown(marts)} "{query}"' for query in _QUERIES),
    ]
    return "\n".join(lines)


def _delivered(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """How many of the known sources delivered, and how many rows each."""
    rows = connection.execute(
        "select source_name, count(*) filter (where status <> 'refused'),"
        " count(*) filter (where status = 'refused'), sum(read_count),"
        " sum(quarantined_count) from quality.files group by 1 order by 1"
    ).fetchall()
    known = {source.name for source in all_sources()}
    silent = sorted(known - {name for name, *_ in rows})
    lines = [f"{len(known) - len(silent)} of {len(known)} known sources delivered."]
    for name, files, refused, read, quarantined in rows:
        line = f"  {name:<20} {read:>12,} rows from {files:,} files"
        line += f", {quarantined:,} quarantined" if quarantined else ""
        lines.append(line + (f", {refused:,} files refused" if refused else ""))
    if silent:
        lines.append(f"  Nothing came from {', '.join(silent)}.")
    return lines


def _found(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """How many customers there are, and what is known of them."""

    def one(sql: str) -> tuple:
        return connection.execute(sql).fetchall()[0]

    customers, identified = one(
        "select count(*), count(*) filter (where is_identified) from customers"
    )
    records, links = one(
        "select (select count(*) from identity.records),"
        " (select count(*) from identity.links)"
    )
    timeline, orders, deals, tickets = one(
        "select (select count(*) from timeline), (select count(*) from orders),"
        " (select count(*) from deals), (select count(*) from tickets)"
    )
    return [
        f"{customers:,} customers, {identified:,} of them identified, were resolved"
        f" from {records:,} records by {links:,} links.",
        f"Their timeline has {timeline:,} entries; they have {orders:,} orders,"
        f" {deals:,} deals and {tickets:,} tickets.",
    ]


def _segments(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select segments.segment_id, count(customer_id), label from segments.segments"
        " left join segments.segment_members using (segment_id)"
        " group by all order by 2 desc, 1"
    ).fetchall()
    return [f"  {count:>9,}  {name:<30} {label}" for name, count, label in rows]


_QUERIES = (
    "select first_channel_group, count(*), sum(net_revenue_amount)"
    " from customers group by 1 order by 3 desc",
    "select event_type, subject, occurred_at from timeline"
    " where customer_id = (select customer_id from customers"
    " where won_deal_count > 0 limit 1) order by occurred_at",
    "select source_name, campaign_name, sum(cost_amount), sum(click_count)"
    " from ad_performance group by all order by 3 desc",
)


def _shown(path: Path) -> str:
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def today(settings: Settings) -> date:
    """The current day in the configured time zone."""
    from zoneinfo import ZoneInfo

    return datetime.now(UTC).astimezone(ZoneInfo(settings.timezone)).date()
