-- One row per customer of the workshop.
with
customers as (
    {{ current_rows(source('raw_workshop', 'customers'), 'number') }}
)

select
    'workshop.customer:' || number as record_id,
    true as is_current,
    null as first_name,
    null as last_name,
    name as full_name,
    null as birth_date,
    email,
    null as other_emails,
    null as email_sha256,
    null as phone,
    null as other_phones,
    null as street,
    town as city,
    null as postal_code,
    null as state,
    null as country,
    'GB' as country_code,
    'en' as language,
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
    try_cast(since as timestamp) as created_at,
    try_cast(since as timestamp) as seen_at,
    try_cast(since as timestamp) as last_seen_at,
    _file_id as file_id,
    _line as line
from customers
