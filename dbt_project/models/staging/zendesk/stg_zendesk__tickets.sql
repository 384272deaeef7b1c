-- One row per ticket of Zendesk, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

tickets as (
    select * from {{ source('raw_zendesk', 'tickets') }}
),

delivered as (
    select
        tickets.*,
        row_number() over (
            partition by tickets.ticket_id
            order by
                try_cast(tickets.updated_at as timestamp) desc nulls last,
                files.path desc,
                tickets._line desc
        ) as version_rank
    from tickets
    inner join files
        on tickets._file_id = files.file_id and tickets._load_id = files.load_id
)

select
    ticket_id,
    external_id,
    requester_id,
    requester_external_id,
    requester_name,
    lower(trim(requester_email)) as requester_email,
    submitter_id,
    submitter_name,
    assignee_id,
    assignee_name,
    group_id,
    group_name,
    organization_id,
    organization_name,
    subject,
    description,
    tags,
    lower(status) as ticket_status,
    lower(nullif(priority, '-')) as priority,
    lower(nullif(ticket_type, '-')) as ticket_type,
    lower(channel) as channel,
    lower(satisfaction_score) as satisfaction_score,
    coalesce(lower(status) = 'deleted', false) as is_deleted,
    try_cast(reopens as bigint) as reopen_count,
    try_cast(replies as bigint) as reply_count,
    try_cast(first_reply_minutes as bigint) * 60 as first_reply_seconds,
    try_cast(full_resolution_minutes as bigint) * 60 as full_resolution_seconds,
    try_cast(created_at as timestamp) as created_at,
    try_cast(assigned_at as timestamp) as assigned_at,
    try_cast(due_at as timestamp) as due_at,
    try_cast(solved_at as timestamp) as solved_at,
    try_cast(updated_at as timestamp) as updated_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
