-- One row per ticket and export that shows it; is_current marks the last.
with
tickets as (
    {{ current_rows(
        source('raw_hubspot', 'tickets'), 'ticket_id',
        changed_at='modified_at', keep='delivery'
    ) }}
)

select
    ticket_id,
    ticket_name,
    pipeline,
    ticket_status,
    {{ said_yes('is_closed') }} as is_closed,
    priority,
    category,
    channel,
    owner,
    contact_ids,
    company_ids,
    -- HubSpot also writes each id with the time of its merge: 100:1714550400000.
    {{ regex_replace('merged_ticket_ids', ':[0-9]+', '') }} as merged_ticket_ids,
    coalesce({{ said_yes('archived') }}, false) as is_deleted,
    {{ moment('created_at') }} as created_at,
    {{ moment('closed_at') }} as closed_at,
    {{ moment('modified_at') }} as modified_at,
    is_current,
    delivery_number,
    _file_id,
    _line,
    _load_id
from tickets
