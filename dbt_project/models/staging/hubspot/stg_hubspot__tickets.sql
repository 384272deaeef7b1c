-- One row per ticket, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

tickets as (
    select * from {{ source('raw_hubspot', 'tickets') }}
),

delivered as (
    select
        tickets.*,
        row_number() over (
            partition by tickets.ticket_id
            order by
                try_cast(tickets.modified_at as timestamp) desc nulls last,
                files.path desc,
                tickets._line desc
        ) as version_rank
    from tickets
    inner join files
        on tickets._file_id = files.file_id and tickets._load_id = files.load_id
)

select
    ticket_id,
    ticket_name,
    pipeline,
    ticket_status,
    priority,
    category,
    channel,
    owner,
    contact_ids,
    try_cast(created_at as timestamp) as created_at,
    try_cast(closed_at as timestamp) as closed_at,
    try_cast(modified_at as timestamp) as modified_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
