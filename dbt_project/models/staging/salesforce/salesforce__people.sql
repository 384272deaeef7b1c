-- One row per version of a contact, a lead or a person account of Salesforce.
with
contacts as (
    select * from {{ ref('stg_salesforce__contacts') }}
),

leads as (
    select * from {{ ref('stg_salesforce__leads') }}
),

accounts as (
    select * from {{ ref('stg_salesforce__accounts') }}
    where is_person_account
)

select
    'salesforce.contact:' || contact_id as record_id,
    is_current and not is_deleted as is_current,
    first_name,
    last_name,
    full_name,
    cast(birth_on as string) as birth_date,
    email,
    null as other_emails,
    null as email_sha256,
    phone,
    coalesce(mobile_phone, '')
    || ';' || coalesce(home_phone, '')
    || ';' || coalesce(other_phone, '') as other_phones,
    street,
    city,
    postal_code,
    state,
    country,
    country_code,
    null as language,
    null as company_name,
    case
        when not is_person_account then 'salesforce.account:' || account_id
    end as company_record_id,
    title as job_title,
    null as lifecycle_stage,
    null as national_id,
    null as loyalty_number,
    null as social_handle,
    null as external_id,
    master_contact_id as merged_ids,
    null as salesforce_contact_id,
    null as is_email_verified,
    created_at,
    case
        when modified_at > min(modified_at) over (partition by contact_id)
            then modified_at
        else coalesce(created_at, modified_at)
    end as seen_at,
    coalesce(modified_at, created_at) as last_seen_at,
    _file_id as file_id,
    _line as line
from contacts
union all
select
    'salesforce.lead:' || lead_id as record_id,
    is_current and not is_deleted as is_current,
    first_name,
    last_name,
    full_name,
    null as birth_date,
    email,
    null as other_emails,
    null as email_sha256,
    phone,
    mobile_phone as other_phones,
    street,
    city,
    postal_code,
    state,
    country,
    country_code,
    null as language,
    company as company_name,
    'salesforce.account:' || converted_account_id as company_record_id,
    title as job_title,
    lead_status as lifecycle_stage,
    null as national_id,
    null as loyalty_number,
    null as social_handle,
    null as external_id,
    master_lead_id as merged_ids,
    converted_contact_id as salesforce_contact_id,
    null as is_email_verified,
    created_at,
    case
        when modified_at > min(modified_at) over (partition by lead_id)
            then modified_at
        else coalesce(created_at, modified_at)
    end as seen_at,
    coalesce(modified_at, created_at) as last_seen_at,
    _file_id as file_id,
    _line as line
from leads
union all
select
    'salesforce.account:' || account_id as record_id,
    is_current and not is_deleted as is_current,
    first_name,
    last_name,
    account_name as full_name,
    cast(birth_on as string) as birth_date,
    email,
    null as other_emails,
    null as email_sha256,
    phone,
    coalesce(mobile_phone, '') || ';' || coalesce(home_phone, '') as other_phones,
    street,
    city,
    postal_code,
    state,
    country,
    country_code,
    null as language,
    null as company_name,
    null as company_record_id,
    title as job_title,
    null as lifecycle_stage,
    null as national_id,
    null as loyalty_number,
    null as social_handle,
    null as external_id,
    master_account_id as merged_ids,
    person_contact_id as salesforce_contact_id,
    null as is_email_verified,
    created_at,
    case
        when modified_at > min(modified_at) over (partition by account_id)
            then modified_at
        else coalesce(created_at, modified_at)
    end as seen_at,
    coalesce(modified_at, created_at) as last_seen_at,
    _file_id as file_id,
    _line as line
from accounts
