-- One row per line that could not be read.
with
completed_loads as (
    select * from {{ source('raw_ledger', '_dlt_loads') }}
),

rejects as (
    select * from {{ source('raw_ledger', 'rejects') }}
)

select
    rejects.source_name,
    rejects.table_name,
    rejects.file_id,
    rejects.load_id,
    rejects.line,
    rejects.rule,
    rejects.error,
    rejects.raw
from rejects
inner join completed_loads on rejects._dlt_load_id = completed_loads.load_id
where completed_loads.status = 0
