-- One row per organization of Zendesk, as last exported.
with
organizations as (
    select * from {{ ref('stg_zendesk__organizations') }}
)

select
    'zendesk.organization:' || organization_id as company_record_id,
    organization_name as company_name,
    lower(domain_names) as websites,
    null as parent_record_id,
    null as merged_into_record_id,
    null as industry,
    null as employee_count,
    null as street,
    null as city,
    null as postal_code,
    null as state,
    null as country,
    null as country_code,
    null as owner_name,
    is_deleted,
    created_at,
    updated_at as changed_at,
    _file_id as file_id,
    _line as line
from organizations
