"""How runs that Dagster begins stand in line for the warehouse."""

from collections.abc import Iterator
from datetime import date

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus

from ingestion.lock import Waiting, said_once, writer, writer_lock
from ingestion.settings import Settings, read_settings
from orchestration import alarms
from orchestration.before_a_night import NotBegun
from orchestration.dead_runs import is_alive, settle
from orchestration.run_tags import MISSED, night_said
from orchestration.runs import causes_of
from orchestration.stopping import Stop, stopping
from orchestration.warehouse import Damaged, let_go

_MOMENT_SECONDS = 3
# The last step of a whole night.
_PUBLISHED = "published"
# A run whose process was killed is begun again from its start, not its middle.
_AGAIN = {"dagster/retry_strategy": "ALL_STEPS"}


class _InLine(dg.Executor):
    """Runs all steps in this process, and holds the warehouse from first to last."""

    def __init__(self, steps: dg.Executor) -> None:
        self._steps = steps

    @property
    def retries(self):
        """As the steps' own executor."""
        return self._steps.retries

    def execute(self, plan_context, execution_plan) -> Iterator:
        """Wait for whoever writes, settle what was killed, then run."""
        settings, run = read_settings(), plan_context.dagster_run
        instance = plan_context.instance
        night = night_said(run.tags)
        purpose = f"run {run.run_id[:8]} of the page, for {night or 'no day'}"

        def overdue() -> None:
            instance.report_run_canceled(
                run, "the night was stopped; what is published stays as it was"
            )

        def told() -> None:
            known = instance.get_run_by_id(run.run_id)
            if known.status == dg.DagsterRunStatus.STARTED:
                instance.report_run_canceling(known, "told to end")

        with (
            stopping(told, overdue) as stop,
            writer_lock(
                settings.lock, purpose, _say(plan_context.log.info, stop), run.run_id
            ),
        ):
            for sentence in settle(settings, instance, run.run_id):
                plan_context.log.warning(sentence)
            if night and (missed := run.tags.get(MISSED)):
                days = [date.fromisoformat(day) for day in missed.split()]
                alarms.tell_missed(settings, date.fromisoformat(night), days)
            failed = []
            try:
                for event in self._steps.execute(plan_context, execution_plan):
                    if event.is_step_failure:
                        failed.append(event)
                    yield event
                    # Every source would say the same.
                    if event.is_step_failure and _did_not_begin(event):
                        break
            except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
                # What Dagster makes of it depends on whether the run is canceling.
                stop.asked.wait(_MOMENT_SECONDS)
                raise
            finally:
                let_go()
            if night and _PUBLISHED in execution_plan.step_keys_to_execute:
                _tell(settings, date.fromisoformat(night), failed)


def _did_not_begin(failure: dg.DagsterEvent) -> bool:
    """Whether a step failed for what would stop any step."""
    cause = failure.step_failure_data.error
    while cause.cause is not None:
        cause = cause.cause
    return cause.cls_name in (NotBegun.__name__, Damaged.__name__)


def _tell(settings: Settings, night: date, failed: list[dg.DagsterEvent]) -> None:
    """Tell of a whole night what is wrong by it, and what is over."""
    if failed:
        causes = "; ".join(causes_of(failed))
        alarms.after_failed_night(settings, night, causes, "the run's log in the page")
    else:
        alarms.after_good_night(settings, night)


def _say(say, stop: Stop) -> Waiting:
    once = said_once(say)

    def waiting(sentence: str) -> None:
        if stop.sign:
            stop.asked.wait()
            raise KeyboardInterrupt
        once(sentence)

    return waiting


@dg.executor(name="in_line", config_schema=dg.in_process_executor.config_schema)
def in_line(init_context: dg.InitExecutorContext) -> dg.Executor:
    """One run after another, each in one process."""
    return _InLine(dg.in_process_executor.executor_creation_fn(init_context))


class Queue(dg.QueuedRunCoordinator):
    """Dagster's queue, which says in a run's log for whom it waits."""

    def submit_run(self, context: dg.SubmitRunContext) -> dg.DagsterRun:
        """As Dagster's own, of whatever job the run is."""
        self._instance.add_run_tags(context.dagster_run.run_id, _AGAIN)
        run = super().submit_run(context)
        if ahead := writer(read_settings().lock):
            self._instance.report_engine_event(
                f"{ahead} writes the warehouse; this begins when that ends", run
            )
        return run


class Launcher(dg.DefaultRunLauncher):
    """Dagster's launcher, which can tell whether the process of a run is there.

    Of runs begun by `unavista run` too: they stand in the same history.
    """

    @property
    def supports_check_run_worker_health(self) -> bool:
        """So that Dagster's monitoring asks."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether the run's process holds its place in the line."""
        record = self._instance.get_run_record_by_id(run.run_id)
        if record is None or is_alive(read_settings(), record):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, "its process is gone")
