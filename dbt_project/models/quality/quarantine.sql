-- One row per line of a landing file that could not be read.
with
rejects as (
    select * from {{ ref('stg_ledger__rejects') }}
),

files as (
    select * from {{ ref('stg_ledger__current_files') }}
)

select
    files.source_name,
    files.table_name,
    files.path,
    rejects.file_id,
    rejects.line as line_number,
    rejects.rule,
    rejects.error
from rejects
inner join files
    on
        rejects.source_name = files.source_name
        and rejects.table_name = files.table_name
        and rejects.file_id = files.file_id
        and rejects.load_id = files.load_id
