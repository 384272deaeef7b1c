-- One row per note or call of a seller, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

notes as (
    select * from {{ source('raw_hubspot', 'notes') }}
),

delivered as (
    select
        notes.*,
        row_number() over (
            partition by notes.note_id
            order by
                try_cast(notes.modified_at as timestamp) desc nulls last,
                files.path desc,
                notes._line desc
        ) as version_rank
    from notes
    inner join files
        on notes._file_id = files.file_id and notes._load_id = files.load_id
)

select
    note_id,
    lower(activity_type) as activity_type,
    body,
    owner,
    contact_ids,
    deal_ids,
    try_cast(activity_at as timestamp) as activity_at,
    try_cast(modified_at as timestamp) as modified_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
