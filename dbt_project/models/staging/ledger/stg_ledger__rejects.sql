-- One row per line that could not be read.
with
rejects as (
    select * from {{ source('raw_ledger', 'rejects') }}
)

select
    source_name,
    table_name,
    file_id,
    load_id,
    line,
    rule,
    error,
    raw
from rejects
