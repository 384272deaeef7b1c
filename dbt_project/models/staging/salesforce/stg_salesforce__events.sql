-- One row per calendar event of Salesforce, as last exported.
with
events as (
    {{ current_rows(
        source('raw_salesforce', 'events'), 'event_id',
        changed_at='coalesce(system_modstamp, last_modified_date)'
    ) }}
)

select
    event_id,
    who_id,
    what_id,
    case when substr(who_id, 1, 3) = '003' then who_id end as contact_id,
    case when substr(who_id, 1, 3) = '00Q' then who_id end as lead_id,
    case when substr(what_id, 1, 3) = '006' then what_id end as opportunity_id,
    case when substr(what_id, 1, 3) = '500' then what_id end as case_id,
    account_id,
    owner_id,
    subject,
    description,
    location,
    type as event_type,
    event_subtype,
    lower(is_all_day_event) in ('true', '1', 'yes') as is_all_day,
    coalesce(lower(is_deleted) in ('true', '1', 'yes'), false) as is_deleted,
    try_cast(duration_in_minutes as bigint) * 60 as duration_seconds,
    coalesce(
        {{ moment('start_date_time') }},
        {{ moment('activity_date_time') }},
        {{ moment('activity_date') }}
    ) as starts_at,
    {{ moment('end_date_time') }} as ends_at,
    {{ moment('created_date') }} as created_at,
    coalesce(
        {{ moment('system_modstamp') }},
        {{ moment('last_modified_date') }}
    ) as modified_at,
    _file_id,
    _line,
    _load_id
from events
