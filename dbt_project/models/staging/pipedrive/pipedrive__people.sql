-- One row per version of a person of Pipedrive.
with
persons as (
    select * from {{ ref('stg_pipedrive__persons') }}
)

select
    'pipedrive.person:' || person_id as record_id,
    is_current and not is_deleted as is_current,
    first_name,
    last_name,
    full_name,
    cast(birth_on as string) as birth_date,
    email,
    replace(
        substr(emails, length(split_part(emails, ',', 1)) + 2), ',', ';'
    ) as other_emails,
    null as email_sha256,
    phone,
    replace(
        substr(phones, length(split_part(phones, ',', 1)) + 2), ',', ';'
    ) as other_phones,
    address as street,
    city,
    postal_code,
    state,
    country,
    null as country_code,
    null as language,
    organization_name as company_name,
    'pipedrive.organization:' || organization_id as company_record_id,
    job_title,
    null as lifecycle_stage,
    null as national_id,
    null as loyalty_number,
    null as social_handle,
    null as external_id,
    null as merged_ids,
    null as salesforce_contact_id,
    null as is_email_verified,
    created_at,
    case
        when updated_at > min(updated_at) over (partition by person_id)
            then updated_at
        else coalesce(created_at, updated_at)
    end as seen_at,
    coalesce(updated_at, created_at) as last_seen_at,
    _file_id as file_id,
    _line as line
from persons
