"""What people and earlier nights left in files, as assets read back every night."""

import dagster as dg
import duckdb

from orchestration import decisions, labels, registry, steps
from orchestration.nights import NIGHT_BY_NIGHT, NIGHTS, writing


@dg.multi_asset(
    name="registry",
    specs=[
        dg.AssetSpec(
            ["registry", name],
            deps=[["raw_ledger", "files"]],
            group_name="registry",
            description=description,
            kinds={"parquet", "duckdb"},
            partitions_def=NIGHTS,
        )
        for name, description in (
            ("customer_ids", "Customer ids as earlier nights left them."),
            ("record_keys", "The number of every record there ever was."),
            ("identity_accuracy", "How right the links of earlier nights were."),
        )
    ],
    backfill_policy=NIGHT_BY_NIGHT,
)
def restored_registry(context: dg.AssetExecutionContext):
    """Read the registry back, so that ids stay the same in a new warehouse."""
    with (
        writing(context) as settings,
        duckdb.connect(str(settings.warehouse)) as connection,
    ):
        counts = registry.restore(connection, settings)
        _counted(connection, context, sum(counts.values()))
    for name, count in counts.items():
        yield dg.MaterializeResult(
            asset_key=["registry", name], metadata={"dagster/row_count": count}
        )


@dg.asset(
    key=["decisions", "identity"],
    group_name="decisions",
    description="What people decided about who is who, as their files say.",
    kinds={"csv", "duckdb"},
    partitions_def=NIGHTS,
    deps=[["raw_ledger", "files"]],
    backfill_policy=NIGHT_BY_NIGHT,
)
def read_decisions(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Read the decisions anew: a line that was deleted counts no more."""
    with (
        writing(context) as settings,
        duckdb.connect(str(settings.warehouse)) as connection,
    ):
        count = decisions.restore(connection, settings)
        _counted(connection, context, count)
    return dg.MaterializeResult(metadata={"dagster/row_count": count})


@dg.multi_asset(
    name="labels",
    specs=[
        dg.AssetSpec(
            ["labels", name],
            deps=[["raw_ledger", "files"]],
            group_name="labels",
            description=description,
            kinds={"duckdb"},
            partitions_def=NIGHTS,
        )
        for name, description in (
            ("records", "Who is who, from label files and the sample's answer key."),
            ("hard_cases", "Which records play which hard case of the sample company."),
        )
    ],
    backfill_policy=NIGHT_BY_NIGHT,
)
def restored_labels(context: dg.AssetExecutionContext):
    """Read who is who as people say, before links are judged."""
    with (
        writing(context) as settings,
        duckdb.connect(str(settings.warehouse)) as connection,
    ):
        labels.restore(connection, settings)
        counts = {}
        for name in ("records", "hard_cases"):
            [(counts[name],)] = connection.execute(
                f"select count(*) from labels.{name}"
            ).fetchall()
        _counted(connection, context, sum(counts.values()))
    for name, count in counts.items():
        yield dg.MaterializeResult(
            asset_key=["labels", name], metadata={"dagster/row_count": count}
        )


def _counted(
    connection: duckdb.DuckDBPyConnection, context: dg.AssetExecutionContext, rows: int
) -> None:
    """Of these steps the rows read are those that stand in the warehouse then."""
    steps.counted(connection, context.run_id, context.op.name, rows, rows)
