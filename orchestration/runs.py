"""One night, from landing files to published tables, in this process."""

from __future__ import annotations

import contextlib
import logging
import shlex
import signal
import sys
import time
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING
from uuid import uuid4

import duckdb

from ingestion.home import check_path, close_home
from ingestion.landing import Landing, Unreachable
from ingestion.lock import Busy, Waiting, said_once, writer_lock
from ingestion.rights import in_words
from ingestion.settings import EARLIEST, Settings, begin_nights_at
from ingestion.sources import all_sources
from orchestration import alarms, progress, scarce, warehouse
from orchestration.delivered import by_source
from orchestration.instance import write_settings
from orchestration.missed import missed_nights, missed_sentence
from orchestration.published import night_shown, version_of
from orchestration.registry import first_night
from orchestration.stopping import stopping
from orchestration.tries import PAUSES, show_pause

if TYPE_CHECKING:
    from dagster import DagsterEvent, DagsterInstance, ExecuteInProcessResult


_STOPPED = "the night stopped, and what is published stays as it was:"
_IN_WORDS = "dagster._core.definitions.events.Failure: "


class RunFailed(Exception):
    """The night stopped; what is published stays as it was."""

    def __init__(self, said: str, cause: str = "") -> None:
        """`cause` is what of it is the cause, where that is not all."""
        super().__init__(said)
        self.cause = cause or said


class Stopped(RunFailed):
    """Somebody told the night to end."""

    def __init__(self, sign: int) -> None:
        """`sign` is the signal that said so."""
        super().__init__(_stopped(sign))
        self.sign = sign


def prepare_home(settings: Settings) -> None:
    """Create and close the folders of a home, with Dagster's settings in it."""
    for sentence in close_home(settings):
        progress.show("home", f"  ! {sentence}")
    write_settings(settings)


def check_landing(settings: Settings, wait: bool = False) -> None:
    """Raise RunFailed when there is no landing, here or at its address.

    A store that does not answer is asked again, later and later, where one may `wait`.
    """
    for tried in range(len(PAUSES) + 1):
        try:
            Landing(settings).check()
            return
        except Unreachable as error:
            if not (wait and error.passing and tried < len(PAUSES)):
                raise RunFailed(str(error)) from None
            show_pause(str(error), tried)
        time.sleep(PAUSES[tried])


def check_night(settings: Settings, as_of: date) -> None:
    """Raise RunFailed when there can be no such night, ValueError no such home."""
    check_path(settings)
    if not EARLIEST <= as_of <= settings.today:
        raise RunFailed(
            f"--as-of {as_of} is not a day from {EARLIEST} to today, {settings.today}"
        )


def run_night(settings: Settings, as_of: date, wait: bool = True) -> None:
    """Execute the whole graph for `as_of`. Raises RunFailed with the cause.

    Where somebody else writes the warehouse, waits and says for whom; Busy is raised
    where it may not `wait`.
    """
    check_night(settings, as_of)
    log = _log(settings, as_of)
    before = _written_at(log)
    try:
        _run_night(settings, as_of, wait)
    except (Busy, Stopped):
        raise
    except Exception as error:
        failed = error
        if isinstance(error, OSError) and (more := scarce.cure(settings, [str(error)])):
            failed = RunFailed(
                f"{_STOPPED}\n  {in_words(error, settings)}\n  " + "\n  ".join(more),
                in_words(error, settings),
            )
        if settings.home.is_dir():
            cause = getattr(failed, "cause", str(failed))
            # What is there may be of an earlier try, where this one did not begin.
            kept_in = f"logs/{log.name}" if _written_at(log) != before else ""
            try:
                alarms.after_failed_night(settings, as_of, cause, kept_in)
            except OSError as another:
                said = f"no alarm could be kept of it: {in_words(another, settings)}"
                raise RunFailed(f"{failed}\n  {said}", cause) from failed
        if failed is error:
            raise
        raise failed from error


def _log(settings: Settings, as_of: date) -> Path:
    """Where all that is said in a night goes."""
    return settings.logs / f"{as_of}.log"


def _written_at(file: Path) -> int:
    return file.stat().st_mtime_ns if file.exists() else 0


def _run_night(settings: Settings, as_of: date, wait: bool) -> None:
    check_landing(settings, wait)
    # Before the graph is imported: which nights it has is decided then.
    if as_of < first_night(settings):
        begin_nights_at(as_of)
    from orchestration.before_a_night import check_once

    run = str(uuid4())
    check_once(settings, run)
    prepare_home(settings)
    purpose = f"unavista run --as-of {as_of}"
    with writer_lock(settings.lock, purpose, waiting() if wait else None, run):
        warehouse.check(settings)
        progress.begin()
        if said := missed_sentence(settings, as_of):
            progress.show("night", f"  ! {said}")
        alarms.tell_missed(settings, as_of, missed_nights(settings, as_of))
        with _log(settings, as_of).open("w") as file, contextlib.redirect_stdout(file):
            _execute(settings, as_of, run, file)
        alarms.after_good_night(settings, as_of)


def run_nights(settings: Settings, first: date, last: date, wait: bool = True) -> None:
    """Run the nights from `first` to `last`, one after another.

    Raises RunFailed at the first that fails; those after it are not begun.
    """
    check_night(settings, first)
    check_night(settings, last)
    if first > last:
        raise RunFailed(f"--from {first} comes after --to {last}")
    if first < first_night(settings):
        begin_nights_at(first)
    for number in range((last - first).days + 1):
        night = first + timedelta(days=number)
        progress.show("night", f"{night} …")
        try:
            run_night(settings, night, wait)
        except Stopped:
            raise
        except RunFailed as error:
            raise RunFailed(
                f"{night}: {error}\n"
                f"  go on with: unavista run --from {night} --to {last}"
            ) from None


def waiting() -> Waiting:
    """Show once for whom a command waits."""
    return said_once(partial(progress.show, "wait"))


def _execute(settings: Settings, as_of: date, run: str, file: IO[str]) -> None:
    import dagster as dg
    from sqlalchemy.exc import DatabaseError

    logging.getLogger("dagster").handlers = [logging.StreamHandler(file)]
    with dg.DagsterInstance.get() as instance:

        def told() -> None:
            found = instance.get_run_by_id(run)
            if found and not found.is_finished:
                instance.report_run_canceling(found, "told to end")

        def end() -> None:
            found = instance.get_run_by_id(run)
            if found and found.status != dg.DagsterRunStatus.CANCELED:
                instance.report_run_canceled(found, _stopped(stop.sign))

        def overdue() -> None:
            print(f"unavista: {_stopped(stop.sign)}", file=sys.stderr, flush=True)
            end()

        result = None
        with stopping(told, overdue) as stop:
            try:
                result = _run(settings, instance, as_of, run)
            except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
                if not stop.asked.wait(1):
                    raise
            except DatabaseError as error:
                said = f"the history in {settings.dagster} cannot be used: {error.orig}"
                raise _failed(settings, [said], file) from error
            finally:
                warehouse.let_go()
        if stop.sign and not (result and result.success):
            end()
            raise Stopped(stop.sign)
    if result.success:
        return
    raise _failed(settings, causes_of(result.all_events), file)


def _failed(settings: Settings, causes: list[str], file: IO[str]) -> RunFailed:
    """What a night ends with that failed for these causes, and what to do about it."""
    causes += [*warehouse.cure(settings, causes), *scarce.cure(settings, causes)]
    return RunFailed(
        f"{_STOPPED}\n  "
        + "\n  ".join(causes)
        + f"\n  everything that was said is in {file.name}",
        "; ".join(causes),
    )


def _run(
    settings: Settings, instance: DagsterInstance, as_of: date, run: str
) -> ExecuteInProcessResult:
    from orchestration.dead_runs import settle
    from orchestration.definitions import definitions

    for sentence in settle(settings, instance, run):
        progress.show("history", f"  ! {sentence}")
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    return definitions.resolve_job_def("nightly").execute_in_process(
        partition_key=as_of.isoformat(),
        instance=instance,
        raise_on_error=False,
        run_config=quiet,
        run_id=run,
        # Dagster could not begin it again: this command is not known to it.
        tags={"dagster/max_retries": "0"},
    )


def _stopped(sign: int) -> str:
    name = signal.Signals(sign).name
    return f"the night was stopped by {name}; what is published stays as it was"


def causes_of(events: Iterable[DagsterEvent]) -> list[str]:
    """Why steps failed: a step, and the error behind all others, each."""
    causes = []
    for event in events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            # What was said in words needs no name of an exception before it.
            while not error.message.startswith(_IN_WORDS) and error.cause is not None:
                error = error.cause
            said = error.message.strip().removeprefix(_IN_WORDS)
            causes.append(f"{event.step_key}: {said}")
    return causes


def summary(settings: Settings, as_of: date) -> str:
    """What a person wants to know after a night, read from what it published."""
    version = version_of(settings, as_of)
    with duckdb.connect(str(version / "marts.duckdb"), read_only=True) as connection:
        lines = [
            "",
            *of_sources(connection, as_of, {source.name for source in all_sources()}),
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
    opened = shlex.quote(_shown(marts))
    lines += [
        f"published  {marts}",
        f"           {settings.published / 'contacts.duckdb'}  (personal)",
        f"           {settings.published / 'parquet'}",
        "",
        "try",
        *(f'  duckdb -readonly {opened} "{query}"' for query in _QUERIES),
    ]
    return "\n".join(lines)


def of_sources(
    connection: duckdb.DuckDBPyConnection, night: date, known: set[str]
) -> list[str]:
    """How many of the known sources have delivered, in the night too; rows of each."""
    sources = by_source(connection, night)
    silent = sorted(known - {it.source for it in sources})
    ever = sum(it.files_read > 0 for it in sources)
    new = sum(it.files_new > 0 for it in sources)
    lines = [
        f"{ever} of {len(known)} known sources have delivered; {new} brought something"
        " new this night."
    ]
    for it in sources:
        line = f"  {it.source:<20} {it.rows:>12,} rows from {it.files_read:,} files"
        if it.rows_quarantined:
            line += f", {it.rows_quarantined:,} quarantined"
        if it.files_refused:
            line += f", {it.files_refused:,} files refused"
        lines.append(line)
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
