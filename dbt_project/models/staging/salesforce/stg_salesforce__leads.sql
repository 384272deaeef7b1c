-- One row per lead of Salesforce, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

leads as (
    select * from {{ source('raw_salesforce', 'leads') }}
),

delivered as (
    select
        leads.*,
        row_number() over (
            partition by leads.lead_id
            order by
                coalesce(
                    try_cast(leads.system_modstamp as timestamp),
                    try_cast(leads.last_modified_date as timestamp)
                ) desc nulls last,
                files.path desc,
                leads._line desc
        ) as version_rank
    from leads
    inner join files
        on leads._file_id = files.file_id and leads._load_id = files.load_id
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
    try_cast(created_date as timestamp) as created_at,
    coalesce(
        try_cast(system_modstamp as timestamp),
        try_cast(last_modified_date as timestamp)
    ) as modified_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
