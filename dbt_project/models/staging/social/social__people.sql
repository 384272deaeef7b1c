-- One row per handle of a social network.
with
handles as (
    select
        network || '/' || handle as social_handle,
        min(occurred_at) as seen_at,
        max(occurred_at) as last_seen_at,
        min(
            cast(occurred_at as string) || ' ' || lpad(cast(_line as string), 12, '0')
            || ' ' || _file_id
        ) as first_position
    from {{ ref('stg_social__interactions') }}
    where network is not null and handle <> ''
    group by network, handle
)

select
    'social.handle:' || {{ sha256_hex('social_handle') }} as record_id,
    true as is_current,
    null as first_name,
    null as last_name,
    null as full_name,
    null as birth_date,
    null as email,
    null as other_emails,
    null as email_sha256,
    null as phone,
    null as other_phones,
    null as street,
    null as city,
    null as postal_code,
    null as state,
    null as country,
    null as country_code,
    null as language,
    null as company_name,
    null as company_record_id,
    null as job_title,
    null as lifecycle_stage,
    null as national_id,
    null as loyalty_number,
    social_handle,
    null as external_id,
    null as merged_ids,
    null as salesforce_contact_id,
    null as is_email_verified,
    seen_at as created_at,
    seen_at,
    last_seen_at,
    split_part(first_position, ' ', 4) as file_id,
    try_cast(split_part(first_position, ' ', 3) as bigint) as line
from handles
