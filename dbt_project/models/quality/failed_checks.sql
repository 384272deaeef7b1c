-- One row per check that a night did not pass, or table that it could not build.
with
checks as (
    select * from {{ source('raw_ledger', 'failed_checks') }}
)

select
    as_of,
    failed_at,
    check_name,
    table_name,
    max(failing_count) as failing_count
from checks
group by as_of, failed_at, check_name, table_name
