"""The contents page: every asset, job, schedule and sensor that Dagster sees."""

import dagster as dg
import duckdb

from orchestration import progress, steps
from orchestration.line import in_line
from orchestration.loads import LOADS, ledger_assets
from orchestration.models import manifest_path, models
from orchestration.nightly import every_night, nightly, on_arrival
from orchestration.nights import NIGHT_BY_NIGHT, NIGHTS, night_of, writing
from orchestration.public_tables import public_tables
from orchestration.published import night_shown, publish, row_count
from orchestration.restored import (
    read_decisions,
    restored_labels,
    restored_registry,
)
from orchestration.warehouse import let_go

_PUBLIC = public_tables(manifest_path())


@dg.asset(
    key="published",
    deps=[dg.AssetKey([table.schema, table.name]) for table in _PUBLIC],
    group_name="published",
    description="The files that readers open: replaced in one step, or not at all.",
    kinds={"duckdb", "parquet"},
    partitions_def=NIGHTS,
    backfill_policy=NIGHT_BY_NIGHT,
)
def published(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Publish every public table of this night."""
    with writing(context) as settings:
        night = night_of(context)
        let_go()
        version = publish(settings, _PUBLIC, night)
        shown, rows = night_shown(settings), row_count(version)
        with duckdb.connect(str(settings.warehouse)) as connection:
            steps.counted(connection, context.run_id, context.op.name, rows, rows)
    ending = "" if shown == night else f"; readers still see the night of {shown}"
    progress.show("publish", f"{len(_PUBLIC)} tables in version {version.name}{ending}")
    return dg.MaterializeResult(
        metadata={"version": version.name, "tables": len(_PUBLIC)}
    )


definitions = dg.Definitions(
    assets=[
        *LOADS,
        ledger_assets,
        restored_registry,
        read_decisions,
        restored_labels,
        models,
        published,
    ],
    jobs=[nightly],
    schedules=[every_night],
    sensors=[on_arrival],
    executor=in_line,
)
