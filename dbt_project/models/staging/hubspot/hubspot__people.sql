-- One row per version of a contact of HubSpot.
with
contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
),

merged_away as (
    select * from {{ ref('stg_hubspot__merges') }}
    where object_type = 'contact'
)

select
    'hubspot.contact:' || contacts.contact_id as record_id,
    contacts.is_current
    and not contacts.is_deleted
    and merged_away.merged_id is null as is_current,
    contacts.first_name,
    contacts.last_name,
    null as full_name,
    cast(contacts.birth_on as string) as birth_date,
    contacts.email,
    contacts.other_emails,
    null as email_sha256,
    contacts.phone,
    contacts.mobile_phone as other_phones,
    contacts.street,
    contacts.city,
    contacts.postal_code,
    contacts.state,
    contacts.country,
    null as country_code,
    contacts.language,
    contacts.company_name,
    {{ record_list('hubspot.company', 'contacts.company_ids') }} as company_record_id,
    contacts.job_title,
    contacts.lifecycle_stage,
    null as national_id,
    null as loyalty_number,
    null as social_handle,
    null as external_id,
    contacts.merged_contact_ids as merged_ids,
    null as salesforce_contact_id,
    null as is_email_verified,
    contacts.created_at,
    contacts.valid_from_at as seen_at,
    contacts.valid_from_at as last_seen_at,
    contacts._file_id as file_id,
    contacts._line as line
from contacts
left join merged_away on contacts.contact_id = merged_away.merged_id
