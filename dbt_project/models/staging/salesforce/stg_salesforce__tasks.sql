-- One row per task of Salesforce, as last exported.
with
tasks as (
    {{ current_rows(
        source('raw_salesforce', 'tasks'), 'task_id',
        changed_at='coalesce(system_modstamp, last_modified_date)'
    ) }}
)

select
    task_id,
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
    type as task_type,
    task_subtype,
    status as task_status,
    priority,
    call_type,
    call_disposition,
    lower(is_closed) in ('true', '1', 'yes') as is_closed,
    coalesce(lower(is_deleted) in ('true', '1', 'yes'), false) as is_deleted,
    try_cast(call_duration_in_seconds as bigint) as call_seconds,
    try_cast(activity_date as date) as due_on,
    {{ moment('created_date') }} as created_at,
    {{ moment('completed_date_time') }} as completed_at,
    coalesce(
        {{ moment('system_modstamp') }},
        {{ moment('last_modified_date') }}
    ) as modified_at,
    _file_id,
    _line,
    _load_id
from tasks
