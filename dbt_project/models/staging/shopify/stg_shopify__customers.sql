-- One row per version of a customer; is_current marks the last.
with
raw_customers as (
    -- Shopify puts an apostrophe before what a spreadsheet would take for a number.
    select
        *,
        replace(customer_id, chr(39), '') as plain_customer_id
    from {{ source('raw_shopify', 'customers') }}
),

customers as (
    {{ current_rows(
        'raw_customers', 'plain_customer_id', changed_at='updated_at', keep='version'
    ) }}
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
    try_cast(total_spent as decimal(18, 4)) as spent_amount,
    try_cast(total_orders as int) as order_count,
    is_current,
    {{ moment('created_at') }} as created_at,
    {{ moment('updated_at') }} as updated_at,
    _file_id,
    _line,
    _load_id
from customers
