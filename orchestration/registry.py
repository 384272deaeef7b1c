"""What outlives the warehouse: a Parquet file a night, of the rows it added."""

import os
from datetime import date

import duckdb

from ingestion.settings import Settings
from ingestion.sql import file_literal, literal

# What each table of the registry holds, and what a night adds to it.
TABLES = {
    # A record that is gone has no customer from this night on.
    "customer_ids": (
        "record_id varchar, customer_id varchar",
        "select record_id, customer_id from identity.customer_id_history"
        " where valid_from_on = $as_of"
        " union all"
        " select record_id, null from identity.customer_id_history"
        " anti join identity.customer_ids using (record_id) where valid_to_on = $as_of",
    ),
    # A key is for ever: of this night's file nothing is taken back.
    "record_keys": (
        "record_id varchar, record_key bigint",
        "select record_id, record_key from registry.record_keys where as_of = $as_of"
        " union all"
        " select record_id, record_key from identity.records"
        " anti join registry.record_keys using (record_id)",
    ),
    # Against which the accuracy of later nights is held.
    "identity_accuracy": (
        "label_set varchar, slice_kind varchar, slice_value varchar,"
        " true_pair_count bigint, linked_pair_count bigint, right_pair_count bigint,"
        " f1_rate double",
        "select label_set, slice_kind, slice_value, true_pair_count, linked_pair_count,"
        " right_pair_count, f1_rate from quality.identity_accuracy",
    ),
}


def first_night(settings: Settings) -> date:
    """The first night on offer: as the setting says, or the first run here, or today.

    `unavista run` runs earlier ones too; then that is the first from then on.
    """
    if settings.first_night:
        return settings.first_night
    kept = settings.registry / "record_keys"
    # Who may not read it runs no nights, but may ask what the tables are.
    ran = kept.glob("[0-9]*.parquet") if os.access(settings.registry, os.X_OK) else ()
    return min((date.fromisoformat(file.stem) for file in ran), default=settings.today)


def restore(
    connection: duckdb.DuckDBPyConnection, settings: Settings
) -> dict[str, int]:
    """Read every night's rows into `registry.<table>`; returns their numbers."""
    connection.execute("create schema if not exists registry")
    counts = {}
    for table, (columns, _) in TABLES.items():
        connection.execute(
            f"create or replace table registry.{table} ({columns}, as_of date)"
        )
        files = sorted((settings.registry / table).glob("*.parquet"))
        if files:
            connection.execute(
                f"insert into registry.{table} by name from"
                f" read_parquet([{', '.join(map(file_literal, files))}])"
            )
        [(counts[table],)] = connection.execute(
            f"select count(*) from registry.{table}"
        ).fetchall()
    return counts


def export(
    connection: duckdb.DuckDBPyConnection, settings: Settings, as_of: date
) -> None:
    """Write what this night added, replacing the files of the same night."""
    for table, (_, added) in TABLES.items():
        folder = settings.registry / table
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f".{as_of}.partial"
        night = f"date '{as_of}'"
        connection.execute(
            f"copy (select *, {night} as as_of from ({added.replace('$as_of', night)})"
            f" order by all) to {literal(str(partial))} (format parquet)"
        )
        os.replace(partial, folder / f"{as_of}.parquet")
