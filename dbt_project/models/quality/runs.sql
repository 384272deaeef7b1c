-- One row per night, run and step, or part of a step.
{{ config(materialized='view') }}
with
steps as (
    select * from {{ source('raw_ledger', 'steps') }}
)

select
    as_of,
    run_id,
    step_name,
    part_name,
    -- Runs stand in line: what has no end when another step has begun never had one.
    case
        when outcome is not null then outcome
        when started_at < max(started_at) over () then 'killed'
        else 'going_on'
    end as outcome,
    item_count,
    rows_in as rows_in_count,
    rows_out as rows_out_count,
    slowest_name,
    seconds as duration_seconds,
    slowest_seconds,
    peak_memory_bytes,
    unavista_version,
    dbt_version,
    duckdb_version,
    dlt_version,
    dagster_version,
    started_at,
    ended_at
from steps
