-- One row per ticket and export that shows it; is_current marks the last.
with
tickets as (
    {{ current_rows(
        source('raw_zendesk', 'tickets'), 'ticket_id',
        changed_at='updated_at', keep='delivery'
    ) }}
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
    {{ moment('created_at') }} as created_at,
    {{ moment('assigned_at') }} as assigned_at,
    {{ moment('due_at') }} as due_at,
    {{ moment('solved_at') }} as solved_at,
    {{ moment('updated_at') }} as updated_at,
    is_current,
    delivery_number,
    _file_id,
    _line,
    _load_id
from tickets
