"""Customer ids that outlive the warehouse: one Parquet file a night, of its changes."""

import os
from datetime import date
from pathlib import Path

import duckdb

from ingestion.settings import Settings


def restore(connection: duckdb.DuckDBPyConnection, settings: Settings) -> int:
    """Read every night's changes into `registry.customer_ids`; returns their number."""
    connection.execute("create schema if not exists registry")
    connection.execute(
        "create or replace table registry.customer_ids"
        " (record_id varchar, customer_id varchar, as_of date)"
    )
    folder = settings.registry / "customer_ids"
    if not any(folder.glob("*.parquet")):
        return 0
    connection.execute(
        "insert into registry.customer_ids select record_id, customer_id, as_of"
        " from read_parquet(?)",
        [str(folder / "*.parquet")],
    )
    [(count,)] = connection.execute(
        "select count(*) from registry.customer_ids"
    ).fetchall()
    return count


def export(
    connection: duckdb.DuckDBPyConnection, settings: Settings, as_of: date
) -> Path:
    """Write the ids that changed this night, replacing the file of the same night."""
    folder = settings.registry / "customer_ids"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{as_of}.parquet"
    partial = folder / f".{as_of}.partial"
    connection.execute(
        f"copy (select record_id, customer_id, date '{as_of}' as as_of"
        " from identity.customer_ids"
        " where customer_id is distinct from previous_customer_id order by record_id)"
        f" to '{partial}' (format parquet)"
    )
    os.replace(partial, target)
    return target
