-- One row per company of a CRM or help desk, as last delivered.
with
given as (
    {{ given('companies') }}
)

select
    source_name,
    company_record_id,
    company_name,
    websites,
    parent_record_id,
    merged_into_record_id,
    industry,
    employee_count,
    street,
    city,
    postal_code,
    state,
    country,
    country_code,
    owner_name,
    is_deleted,
    created_at,
    changed_at,
    file_id,
    line
from given
