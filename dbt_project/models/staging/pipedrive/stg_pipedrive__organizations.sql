-- One row per organization of Pipedrive, as last exported.
with
organizations as (
    {{ current_rows(
        source('raw_pipedrive', 'organizations'), 'organization_id',
        changed_at='updated_at'
    ) }}
)

select
    organization_id,
    organization_name,
    owner,
    labels,
    coalesce({{ said_yes('is_deleted') }}, false) as is_deleted,
    lower(website) as website,
    industry,
    address,
    city,
    state,
    postal_code,
    country,
    try_cast(employees as bigint) as employee_count,
    {{ moment('created_at') }} as created_at,
    {{ moment('updated_at') }} as updated_at,
    _file_id,
    _line,
    _load_id
from organizations
