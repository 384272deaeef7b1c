-- One row per order, as the newest file with it says.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

orders as (
    select * from {{ source('raw_shopify', 'orders') }}
),

delivered as (
    select
        orders.*,
        -- Only the first row of an order says more than its line item.
        row_number() over (
            partition by orders.order_name
            order by
                try_cast(orders.updated_at as timestamp) desc nulls last,
                files.path desc,
                orders.total is not null desc,
                orders._line asc
        ) as version_rank
    from orders
    inner join files
        on orders._file_id = files.file_id and orders._load_id = files.load_id
)

select
    order_name,
    order_id,
    customer_id,
    lower(trim(email)) as email,
    -- Shopify puts an apostrophe before what a spreadsheet would take for a number.
    replace(phone, chr(39), '') as phone,
    lower(financial_status) as financial_status,
    lower(fulfillment_status) as fulfillment_status,
    lower(channel) as channel,
    payment_method,
    shipping_method,
    discount_code,
    tags,
    notes,
    lower(risk_level) as risk_level,
    billing_name,
    billing_company,
    billing_address_1 as billing_street,
    billing_address_2 as billing_street_2,
    billing_city,
    replace(billing_postal_code, chr(39), '') as billing_postal_code,
    billing_province_code,
    upper(billing_country_code) as billing_country_code,
    replace(billing_phone, chr(39), '') as billing_phone,
    shipping_name,
    shipping_company,
    shipping_address_1 as shipping_street,
    shipping_address_2 as shipping_street_2,
    shipping_city,
    replace(shipping_postal_code, chr(39), '') as shipping_postal_code,
    shipping_province_code,
    upper(shipping_country_code) as shipping_country_code,
    replace(shipping_phone, chr(39), '') as shipping_phone,
    lower(accepts_marketing) in ('yes', 'true') as is_marketing_accepted,
    coalesce(lower(is_test) = 'true', false) as is_test,
    upper(currency) as currency,
    try_cast(subtotal as decimal(18, 2)) as subtotal_amount,
    coalesce(try_cast(discount as decimal(18, 2)), 0) as discount_amount,
    try_cast(shipping as decimal(18, 2)) as shipping_amount,
    coalesce(try_cast(taxes as decimal(18, 2)), 0) as tax_amount,
    try_cast(total as decimal(18, 2)) as total_amount,
    coalesce(try_cast(refunded as decimal(18, 2)), 0) as refunded_amount,
    try_cast(created_at as timestamp) as ordered_at,
    try_cast(paid_at as timestamp) as paid_at,
    try_cast(fulfilled_at as timestamp) as fulfilled_at,
    try_cast(cancelled_at as timestamp) as cancelled_at,
    try_cast(updated_at as timestamp) as updated_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
