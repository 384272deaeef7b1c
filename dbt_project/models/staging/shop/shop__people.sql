-- One row per version of a shop account or guest checkout.
with
customers as (
    select * from {{ ref('stg_shop__customers') }}
)

select
    'shop.customer:' || customer_id as record_id,
    is_current,
    first_name,
    last_name,
    null as full_name,
    cast(birth_on as string) as birth_date,
    email,
    null as other_emails,
    null as email_sha256,
    phone,
    null as other_phones,
    street,
    city,
    postal_code,
    null as state,
    null as country,
    country_code,
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
    created_at,
    valid_from_at as seen_at,
    valid_from_at as last_seen_at,
    _file_id as file_id,
    _line as line
from customers
