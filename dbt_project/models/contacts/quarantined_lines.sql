-- One row per line of a landing file that could not be read, with its text.
with
quarantine as (
    select * from {{ ref('quarantine') }}
),

rejects as (
    select * from {{ ref('stg_ledger__rejects') }}
),

texts as (
    select
        source_name,
        table_name,
        file_id,
        line,
        max(raw) as raw
    from rejects
    group by source_name, table_name, file_id, line
)

select
    quarantine.source_name,
    quarantine.table_name,
    quarantine.path,
    quarantine.file_id,
    quarantine.line_number,
    quarantine.rule,
    quarantine.error,
    quarantine.resolution,
    texts.raw as raw_text
from quarantine
inner join texts
    on
        quarantine.source_name = texts.source_name
        and quarantine.table_name = texts.table_name
        and quarantine.file_id = texts.file_id
        and quarantine.line_number = texts.line
