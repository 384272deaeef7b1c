-- One row per file content whose rows count: loaded, in place, and not superseded.
with
files as (
    select * from {{ ref('stg_ledger__delivered_files') }}
)

select
    file_id,
    load_id,
    source_name,
    table_name,
    path,
    loaded_at
from files
where is_last_delivery
