-- One row per note or call of a seller, as last exported.
with
notes as (
    {{ current_rows(
        source('raw_hubspot', 'notes'), 'note_id',
        changed_at='modified_at'
    ) }}
)

select
    note_id,
    lower(trim(activity_type)) as activity_type,
    lower(direction) as direction,
    lower(activity_status) as activity_status,
    subject,
    body,
    owner,
    contact_ids,
    deal_ids,
    ticket_ids,
    coalesce({{ said_yes('archived') }}, false) as is_deleted,
    {{ moment('activity_at') }} as activity_at,
    {{ moment('modified_at') }} as modified_at,
    _file_id,
    _line,
    _load_id
from notes
