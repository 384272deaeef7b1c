-- One row per account of Salesforce, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

accounts as (
    select * from {{ source('raw_salesforce', 'accounts') }}
),

delivered as (
    select
        accounts.*,
        row_number() over (
            partition by accounts.account_id
            order by
                coalesce(
                    try_cast(accounts.system_modstamp as timestamp),
                    try_cast(accounts.last_modified_date as timestamp)
                ) desc nulls last,
                files.path desc,
                accounts._line desc
        ) as version_rank
    from accounts
    inner join files
        on accounts._file_id = files.file_id and accounts._load_id = files.load_id
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
