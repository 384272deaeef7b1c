-- One row per line of a landing file that could not be read.
with
rejects as (
    select * from {{ ref('stg_ledger__rejects') }}
),

files as (
    select * from {{ ref('stg_ledger__files') }}
),

current_files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

loaded_files as (
    select
        source_name,
        table_name,
        file_id,
        load_id,
        min(path) as path,
        min(loaded_on) as loaded_on
    from files
    where status = 'loaded'
    group by source_name, table_name, file_id, load_id
),

lines as (
    select
        loaded_files.source_name,
        loaded_files.table_name,
        rejects.file_id,
        rejects.line,
        max(loaded_files.path) as path,
        max(rejects.load_id) as last_load_id,
        min(loaded_files.loaded_on) as first_seen_on
    from rejects
    inner join loaded_files
        on
            rejects.source_name = loaded_files.source_name
            and rejects.table_name = loaded_files.table_name
            and rejects.file_id = loaded_files.file_id
            and rejects.load_id = loaded_files.load_id
    group by
        loaded_files.source_name,
        loaded_files.table_name,
        rejects.file_id,
        rejects.line
)

select
    lines.source_name,
    lines.table_name,
    lines.path,
    lines.file_id,
    lines.line as line_number,
    rejects.rule,
    rejects.error,
    lines.first_seen_on,
    case
        when current_files.file_id is null then 'superseded'
        when current_files.load_id <> lines.last_load_id then 'replayed'
    end as resolution
from lines
inner join rejects
    on
        lines.source_name = rejects.source_name
        and lines.table_name = rejects.table_name
        and lines.file_id = rejects.file_id
        and lines.line = rejects.line
        and lines.last_load_id = rejects.load_id
left join current_files
    on
        lines.source_name = current_files.source_name
        and lines.table_name = current_files.table_name
        and lines.file_id = current_files.file_id
