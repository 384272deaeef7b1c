-- One row per file content whose rows count: loaded, and not replaced at its path.
with
files as (
    select * from {{ ref('stg_ledger__files') }}
),

standing as (
    -- The content that is in place now, by any path; a repeat points to its first load.
    select
        source_name,
        table_name,
        file_id,
        min(path) as path
    from files
    where is_in_place
    group by source_name, table_name, file_id
),

loads as (
    select
        source_name,
        table_name,
        file_id,
        min(load_id) as load_id,
        min(loaded_at) as loaded_at
    from files
    where status = 'loaded'
    group by source_name, table_name, file_id
)

select
    standing.file_id,
    loads.load_id,
    standing.source_name,
    standing.table_name,
    standing.path,
    loads.loaded_at
from standing
inner join loads
    on
        standing.source_name = loads.source_name
        and standing.table_name = loads.table_name
        and standing.file_id = loads.file_id
