"""Reads files with quarantined rows again, and loads them where more rows pass now."""

from datetime import date

import duckdb

from ingestion import ledger
from ingestion.files.load import load_source
from ingestion.landing import Landing
from ingestion.settings import Settings
from ingestion.tables import Source

_OPEN = f"""
with in_place as (
    select source_name, table_name, path, arg_max(file_id, load_id) as file_id
    from {ledger.DATASET}.files
    where status in ('loaded', 'repeated')
    group by all
),
loads as (
    select source_name, table_name, file_id, max(load_id) as load_id
    from {ledger.DATASET}.files
    where status = 'loaded'
    group by all
)
select source_name, table_name, file_id, min(path), count(distinct line)
from {ledger.DATASET}.rejects
inner join loads using (source_name, table_name, file_id, load_id)
inner join in_place using (source_name, table_name, file_id)
group by all
having count(*) filter ($1 is null or rule = $1) > 0
"""


def replay(
    settings: Settings, sources: list[Source], as_of: date, rule: str | None = None
) -> tuple[int, list[str]]:
    """Rows that pass now and did not before, and what a person should know.

    Only files that have rows quarantined by `rule` (or any) and still stand in landing
    are read; a file of which no more rows pass stays as it was loaded.
    """
    with duckdb.connect(str(settings.warehouse)) as connection:
        ledger.prepare(connection)
        if not connection.execute(f"from {ledger.DATASET}.files limit 1").fetchall():
            return 0, ["nothing was loaded yet"]
        waiting = connection.execute(_OPEN, [rule]).fetchall()
    passed, messages = 0, []
    for source in sources:
        mine = [row for row in waiting if row[0] == source.name]
        if not mine:
            continue
        landing = Landing(settings)
        there = {
            delivered.name
            for table in source.tables
            for delivered in landing.files(source.name, table.files)
        }
        messages += [
            f"{path}: {count} rows quarantined, and the file is no longer in landing;"
            " deliver it again"
            for _, _, _, path, count in mine
            if path not in there
        ]
        before = {file_id: count for _, _, file_id, _, count in mine}
        loaded = load_source(settings, source, as_of, replay=before)
        passed += loaded.rows_replayed
        messages += loaded.messages
    return passed, messages
