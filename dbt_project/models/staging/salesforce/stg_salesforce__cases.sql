-- One row per case and export that shows it; is_current marks the last.
with
cases as (
    {{ current_rows(
        source('raw_salesforce', 'cases'), 'case_id',
        changed_at='coalesce(system_modstamp, last_modified_date)', keep='delivery'
    ) }}
)

select
    case_id,
    case_number,
    master_record_id as master_case_id,
    parent_id as parent_case_id,
    contact_id,
    account_id,
    owner_id,
    supplied_name,
    lower(trim(supplied_email)) as supplied_email,
    supplied_phone,
    supplied_company,
    subject,
    description,
    type as case_type,
    status as case_status,
    reason as case_reason,
    priority,
    origin,
    lower(is_closed) in ('true', '1', 'yes') as is_closed,
    lower(is_escalated) in ('true', '1', 'yes') as is_escalated,
    coalesce(lower(is_deleted) in ('true', '1', 'yes'), false) as is_deleted,
    {{ moment('created_date') }} as created_at,
    {{ moment('closed_date') }} as closed_at,
    coalesce(
        {{ moment('system_modstamp') }},
        {{ moment('last_modified_date') }}
    ) as modified_at,
    is_current,
    delivery_number,
    _file_id,
    _line,
    _load_id
from cases
