-- One row per version of a lead of Salesforce; is_current marks the last.
with
leads as (
    {{ current_rows(
        source('raw_salesforce', 'leads'), 'lead_id',
        changed_at='coalesce(system_modstamp, last_modified_date)', keep='version'
    ) }}
)

select
    lead_id,
    converted_contact_id,
    converted_account_id,
    converted_opportunity_id,
    master_record_id as master_lead_id,
    owner_id,
    lower(trim(email)) as email,
    first_name,
    last_name,
    name as full_name,
    phone,
    mobile_phone,
    street,
    city,
    state,
    postal_code,
    country,
    upper(country_code) as country_code,
    company,
    title,
    lower(website) as website,
    industry,
    rating,
    lead_source,
    status as lead_status,
    coalesce(lower(is_converted) in ('true', '1', 'yes'), false) as is_converted,
    lower(has_opted_out_of_email) in ('true', '1', 'yes') as has_opted_out_of_email,
    lower(do_not_call) in ('true', '1', 'yes') as has_opted_out_of_calls,
    coalesce(lower(is_deleted) in ('true', '1', 'yes'), false) as is_deleted,
    upper(currency_iso_code) as currency,
    try_cast(annual_revenue as decimal(18, 2)) as annual_revenue_amount,
    try_cast(number_of_employees as bigint) as employee_count,
    try_cast(converted_date as date) as converted_on,
    {{ moment('created_date') }} as created_at,
    coalesce(
        {{ moment('system_modstamp') }},
        {{ moment('last_modified_date') }}
    ) as modified_at,
    is_current,
    _file_id,
    _line,
    _load_id
from leads
