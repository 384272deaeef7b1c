-- One row per organization of Pipedrive, as last exported.
with
organizations as (
    select * from {{ ref('stg_pipedrive__organizations') }}
)

select
    'pipedrive.organization:' || organization_id as company_record_id,
    organization_name as company_name,
    website as websites,
    null as parent_record_id,
    null as merged_into_record_id,
    industry,
    employee_count,
    address as street,
    city,
    postal_code,
    state,
    country,
    null as country_code,
    owner as owner_name,
    is_deleted,
    created_at,
    updated_at as changed_at,
    _file_id as file_id,
    _line as line
from organizations
