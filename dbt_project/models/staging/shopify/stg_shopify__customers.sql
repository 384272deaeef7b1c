-- One row per customer, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

customers as (
    -- Shopify puts an apostrophe before what a spreadsheet would take for a number.
    select
        *,
        replace(customer_id, chr(39), '') as plain_customer_id
    from {{ source('raw_shopify', 'customers') }}
),

delivered as (
    select
        customers.*,
        row_number() over (
            partition by customers.plain_customer_id
            order by
                try_cast(customers.updated_at as timestamp) desc nulls last,
                files.path desc,
                customers._line desc
        ) as version_rank
    from customers
    inner join files
        on customers._file_id = files.file_id and customers._load_id = files.load_id
)

select
    plain_customer_id as customer_id,
    lower(trim(email)) as email,
    first_name,
    last_name,
    replace(phone, chr(39), '') as phone,
    company,
    street,
    street_2,
    city,
    replace(postal_code, chr(39), '') as postal_code,
    province_code,
    upper(country_code) as country_code,
    replace(address_phone, chr(39), '') as address_phone,
    tags,
    note,
    lower(accepts_email_marketing) in ('yes', 'true') as is_email_marketing_accepted,
    lower(accepts_sms_marketing) in ('yes', 'true') as is_sms_marketing_accepted,
    try_cast(total_spent as decimal(18, 2)) as spent_amount,
    try_cast(total_orders as int) as order_count,
    try_cast(created_at as timestamp) as created_at,
    try_cast(updated_at as timestamp) as updated_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
