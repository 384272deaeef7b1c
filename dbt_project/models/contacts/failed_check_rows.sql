-- One row per row that a check found wrong in a night that it stopped.
with
checks as (
    select * from {{ source('raw_ledger', 'failed_checks') }}
)

select
    as_of,
    failed_at,
    check_name,
    table_name,
    row_number,
    problem,
    failing_row
from checks
