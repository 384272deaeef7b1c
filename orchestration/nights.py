"""A night: the day (`as_of`) that everything relative in a run is measured from."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import dagster as dg

from ingestion.lock import writer_lock
from ingestion.settings import Settings, read_settings
from orchestration.registry import first_night
from orchestration.steps import noted
from orchestration.tries import tried_again

warnings.filterwarnings("ignore", category=dg.BetaWarning, message=".*backfill_policy")

NIGHTS = dg.DailyPartitionsDefinition(
    start_date=first_night(read_settings()).isoformat(),
    timezone=read_settings().timezone,
    end_offset=1,
)
NIGHT_BY_NIGHT = dg.BackfillPolicy.multi_run(max_partitions_per_run=1)


@contextmanager
def writing(context: dg.AssetExecutionContext) -> Iterator[Settings]:
    """The settings, with the right to write the warehouse while a step runs.

    A step that stops inside, for a reason that may pass, is begun again after a while.
    The ledger notes when it began, and how it ended.
    """
    settings, step = read_settings(), context.op.name
    purpose = f"step {step} of run {context.run_id[:8]}"
    with (
        tried_again(context),
        writer_lock(settings.lock, purpose),
        noted(settings, night_of(context), context.run_id, step),
    ):
        yield settings


def night_of(context: dg.AssetExecutionContext) -> date:
    """The day a run is for."""
    return date.fromisoformat(context.partition_key)
