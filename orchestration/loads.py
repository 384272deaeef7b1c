"""Raw tables as assets: one load a source, then the ledger that makes it count."""

import dagster as dg
import duckdb

from ingestion.extracts.shop_postgres import extract
from ingestion.files.load import ensure_ledger, load_source
from ingestion.landing import Landing
from ingestion.ledger import files_held
from ingestion.sources import all_sources
from ingestion.tables import Source
from orchestration import before_a_night, failed_checks, progress, steps
from orchestration.nights import NIGHT_BY_NIGHT, NIGHTS, night_of, writing

SOURCES = all_sources()


def _raw_keys(source: Source) -> list[dg.AssetKey]:
    return [dg.AssetKey([f"raw_{source.name}", table.name]) for table in source.tables]


def _load_asset(source: Source) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"load_{source.name}",
        specs=[
            dg.AssetSpec(
                key,
                group_name=f"raw_{source.name}",
                description=f"{source.description} Text, as delivered.",
                kinds={"dlt", "duckdb"},
                partitions_def=NIGHTS,
                metadata=_column_schema([*table.column_names, "_file_id", "_load_id"]),
            )
            for key, table in zip(_raw_keys(source), source.tables, strict=True)
        ],
        backfill_policy=NIGHT_BY_NIGHT,
    )
    def load(context: dg.AssetExecutionContext):
        def report(text: str) -> None:
            progress.show("load", f"{source.name}: {text}")

        with writing(context) as settings:
            before_a_night.check_once(settings, context.run_id)
            if source.name == "shop":
                extract(settings, report)
            loaded = load_source(settings, source, night_of(context), report)
            with duckdb.connect(str(settings.warehouse)) as connection:
                made = sum(loaded.rows_loaded.values())
                steps.counted(
                    connection, context.run_id, context.op.name, loaded.rows_read, made
                )
        rows = sum(loaded.rows_loaded.values())
        quarantined = f", {loaded.rows_quarantined:,} quarantined"
        if loaded.files_loaded:
            progress.show(
                "load",
                f"{source.name:<16} {rows:>12,} rows from {loaded.files_loaded:,} new"
                f" files{quarantined * bool(loaded.rows_quarantined)}",
            )
        progress.warn("load", loaded.messages, context.log.warning)
        for key in _raw_keys(source):
            yield dg.MaterializeResult(
                asset_key=key,
                metadata={
                    "dagster/partition_row_count": loaded.rows_loaded[key.path[-1]],
                    "quarantined": loaded.rows_quarantined,
                },
            )

    return load


def _column_schema(names: list[str]) -> dict:
    columns = [dg.TableColumn(name, "text") for name in names]
    return {"dagster/column_schema": dg.TableSchema(columns)}


LOADS = [_load_asset(source) for source in SOURCES]
_LEDGER = {
    "files": "Every file that was looked at, and what became of its rows.",
    "beginnings": "Which contents begin with all of another, which they replace.",
    "rejects": "Every line that could not be read.",
    "columns": "What the values of each column looked like in each load.",
    "totals": "What the money of each file adds up to, by column and currency.",
    "failed_checks": "What stopped nights, with the rows that were found.",
    "steps": "What each step of a night took and made, of the last 400 runs.",
}


@dg.multi_asset(
    name="ledger",
    specs=[
        dg.AssetSpec(
            ["raw_ledger", name],
            deps=[key for source in SOURCES for key in _raw_keys(source)],
            group_name="raw_ledger",
            description=description,
            kinds={"dlt", "duckdb"},
            partitions_def=NIGHTS,
        )
        for name, description in _LEDGER.items()
    ],
    check_specs=[
        dg.AssetCheckSpec(
            "every_line_is_accounted_for",
            asset=["raw_ledger", "files"],
            blocking=True,
            description="Rows in raw equal rows in the ledger, file by file.",
        )
    ],
    backfill_policy=NIGHT_BY_NIGHT,
)
def ledger_assets(context: dg.AssetExecutionContext):
    """Compare raw tables with the ledger before any model reads them."""
    with writing(context) as settings:
        ensure_ledger(settings)
        landing = Landing(settings)
        progress.warn("load", landing.strangers(SOURCES), context.log.warning)
        with duckdb.connect(str(settings.warehouse)) as connection:
            gone = landing.gone(SOURCES, files_held(connection))
            progress.warn("load", gone, context.log.warning)
            failed_checks.prepare(connection)
            steps.forget(connection)
            counts = {
                name: connection.execute(
                    f"select count(*) from raw_ledger.{name}"
                ).fetchall()
                for name in _LEDGER
            }
            wrong = unaccounted(connection)
            [(compared,)] = connection.execute(
                "select coalesce(sum(rows_loaded), 0) from raw_ledger.files"
            ).fetchall()
            made = sum(count for [(count,)] in counts.values())
            steps.counted(
                connection, context.run_id, context.op.name, int(compared), made
            )
            if wrong:
                steps.failed(connection, context.run_id, context.op.name)
    for name, [(count,)] in counts.items():
        yield dg.MaterializeResult(
            asset_key=["raw_ledger", name], metadata={"dagster/row_count": count}
        )
    yield dg.AssetCheckResult(
        passed=not wrong,
        check_name="every_line_is_accounted_for",
        asset_key=["raw_ledger", "files"],
        metadata={"files": wrong},
    )
    if wrong:
        raise dg.Failure("; ".join(wrong))


def unaccounted(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Files whose rows in raw are not those of the ledger, as sentences."""
    wrong = []
    for source in SOURCES:
        for table in source.tables:
            wrong += connection.execute(
                f"""
                with looks as (
                    from raw_ledger.files
                    where source_name = ? and table_name = ? and status = 'loaded'
                    qualify load_id = max(load_id) over (partition by file_id)
                ),
                ledger as (
                    select file_id, load_id, max(path) as path,
                        sum(rows_loaded) as expected, sum(rows_read) as rows_read,
                        sum(rows_loaded + rows_quarantined + rows_repeated) as explained
                    from looks group by file_id, load_id
                ),
                raw as (
                    select _file_id, _load_id, count(*) as found
                    from raw_{source.name}.{table.name} group by _file_id, _load_id
                )
                select path || ': ' || rows_read || ' rows read, ' || explained
                    || ' explained, ' || expected || ' in the ledger, '
                    || coalesce(found, 0) || ' in raw'
                from ledger left join raw
                    on file_id = _file_id and load_id = _load_id
                where expected <> coalesce(found, 0) or rows_read <> explained
                """,
                [source.name, table.name],
            ).fetchall()
    return [sentence for (sentence,) in wrong]
