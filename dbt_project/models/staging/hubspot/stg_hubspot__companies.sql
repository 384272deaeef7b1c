-- One row per version of a company of the CRM; is_current marks the last.
with
companies as (
    {{ current_rows(
        source('raw_hubspot', 'companies'), 'company_id',
        changed_at='modified_at', keep='version'
    ) }}
)

select
    company_id,
    company_name,
    parent_company_id,
    -- HubSpot also writes each id with the time of its merge: 100:1714550400000.
    {{ regex_replace('merged_company_ids', ':[0-9]+', '') }} as merged_company_ids,
    coalesce({{ said_yes('archived') }}, false) as is_deleted,
    lower(domain) as domain,
    industry,
    street,
    city,
    postal_code,
    state,
    country,
    try_cast(replace(employees, ',', '') as bigint) as employee_count,
    owner,
    {{ moment('created_at') }} as created_at,
    {{ moment('modified_at') }} as modified_at,
    is_current,
    _file_id,
    _line,
    _load_id
from companies
