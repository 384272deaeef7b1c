-- One row per version of a contact of Salesforce; is_current marks the last.
with
contacts as (
    {{ current_rows(
        source('raw_salesforce', 'contacts'), 'contact_id',
        changed_at='coalesce(system_modstamp, last_modified_date)', keep='version'
    ) }}
)

select
    contact_id,
    account_id,
    master_record_id as master_contact_id,
    owner_id,
    lower(trim(email)) as email,
    first_name,
    last_name,
    name as full_name,
    phone,
    mobile_phone,
    home_phone,
    other_phone,
    try_cast(birthdate as date) as birth_on,
    mailing_street as street,
    mailing_city as city,
    mailing_state as state,
    mailing_postal_code as postal_code,
    mailing_country as country,
    upper(mailing_country_code) as country_code,
    title,
    department,
    lead_source,
    coalesce(
        lower(is_person_account) in ('true', '1', 'yes'), false
    ) as is_person_account,
    lower(has_opted_out_of_email) in ('true', '1', 'yes') as has_opted_out_of_email,
    lower(do_not_call) in ('true', '1', 'yes') as has_opted_out_of_calls,
    coalesce(lower(is_deleted) in ('true', '1', 'yes'), false) as is_deleted,
    {{ moment('created_date') }} as created_at,
    coalesce(
        {{ moment('system_modstamp') }},
        {{ moment('last_modified_date') }}
    ) as modified_at,
    is_current,
    _file_id,
    _line,
    _load_id
from contacts
