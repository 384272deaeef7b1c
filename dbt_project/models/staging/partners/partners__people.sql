-- One row per contact that a partner shared; what expired is not current any more.
with
contacts as (
    select * from {{ ref('stg_partners__contacts') }}
    where email_sha256 is not null
)

select
    'partners.contact:' || email_sha256 as record_id,
    coalesce(expires_at > {{ as_of() }}, true) as is_current,
    first_name,
    last_name,
    null as full_name,
    null as birth_date,
    email,
    null as other_emails,
    email_sha256,
    null as phone,
    null as other_phones,
    null as street,
    null as city,
    null as postal_code,
    null as state,
    country,
    null as country_code,
    null as language,
    null as company_name,
    null as company_record_id,
    null as job_title,
    null as lifecycle_stage,
    null as national_id,
    null as loyalty_number,
    null as social_handle,
    null as external_id,
    null as merged_ids,
    null as salesforce_contact_id,
    null as is_email_verified,
    shared_at as created_at,
    shared_at as seen_at,
    shared_at as last_seen_at,
    _file_id as file_id,
    _line as line
from contacts
