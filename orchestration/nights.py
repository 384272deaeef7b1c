"""A night: the day (`as_of`) that everything relative in a run is measured from."""

import warnings
from datetime import date

import dagster as dg

from ingestion.settings import read_settings

warnings.filterwarnings("ignore", category=dg.BetaWarning, message=".*backfill_policy")

NIGHTS = dg.DailyPartitionsDefinition(
    start_date="2015-01-01", timezone=read_settings().timezone, end_offset=1
)
NIGHT_BY_NIGHT = dg.BackfillPolicy.multi_run(max_partitions_per_run=1)


def night_of(context: dg.AssetExecutionContext) -> date:
    """The day a run is for."""
    return date.fromisoformat(context.partition_key)
