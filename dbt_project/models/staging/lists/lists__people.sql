-- One row per entry of a list of people.
with
people as (
    select * from {{ ref('stg_lists__people') }}
)

select
    'lists.person:' || person_key as record_id,
    true as is_current,
    first_name,
    last_name,
    full_name,
    birth_date,
    email,
    null as other_emails,
    email_sha256,
    phone,
    null as other_phones,
    street,
    city,
    postal_code,
    state,
    country,
    null as country_code,
    null as language,
    company_name,
    null as company_record_id,
    null as job_title,
    null as lifecycle_stage,
    national_id,
    loyalty_number,
    null as social_handle,
    null as external_id,
    null as merged_ids,
    null as salesforce_contact_id,
    null as is_email_verified,
    null as created_at,
    null as seen_at,
    null as last_seen_at,
    _file_id as file_id,
    _line as line
from people
