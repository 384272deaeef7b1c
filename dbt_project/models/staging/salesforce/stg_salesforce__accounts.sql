-- One row per version of an account of Salesforce; is_current marks the last.
with
accounts as (
    {{ current_rows(
        source('raw_salesforce', 'accounts'), 'account_id',
        changed_at='coalesce(system_modstamp, last_modified_date)', keep='version'
    ) }}
)

select
    account_id,
    parent_id as parent_account_id,
    master_record_id as master_account_id,
    person_contact_id,
    owner_id,
    name as account_name,
    type as account_type,
    industry,
    rating,
    account_source,
    lower(website) as website,
    first_name,
    last_name,
    lower(trim(person_email)) as email,
    phone,
    person_mobile_phone as mobile_phone,
    person_home_phone as home_phone,
    try_cast(person_birthdate as date) as birth_on,
    person_title as title,
    {{ said_yes('person_has_opted_out_of_email') }} as has_opted_out_of_email,
    {{ said_yes('person_do_not_call') }} as has_opted_out_of_calls,
    billing_street as street,
    billing_city as city,
    billing_state as state,
    billing_postal_code as postal_code,
    billing_country as country,
    upper(billing_country_code) as country_code,
    coalesce(
        lower(is_person_account) in ('true', '1', 'yes'), false
    ) as is_person_account,
    coalesce(lower(is_deleted) in ('true', '1', 'yes'), false) as is_deleted,
    upper(currency_iso_code) as currency,
    try_cast(annual_revenue as decimal(18, 2)) as annual_revenue_amount,
    try_cast(number_of_employees as bigint) as employee_count,
    {{ moment('created_date') }} as created_at,
    coalesce(
        {{ moment('system_modstamp') }},
        {{ moment('last_modified_date') }}
    ) as modified_at,
    is_current,
    _file_id,
    _line,
    _load_id
from accounts
