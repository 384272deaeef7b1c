-- One row per order, as last delivered.
with
places as (
    -- An order has a row for each line item; the first says what is of the order.
    select
        *,
        nullif(replace(order_id, chr(39), ''), '') as given_id,
        row_number() over (
            partition by _file_id, _load_id, order_name
            order by
                case when total is null then 1 else 0 end asc nulls last,
                {{ moment('updated_at') }} desc nulls last,
                _line asc
        ) as place_in_order
    from {{ source('raw_shopify', 'orders') }}
),

-- The Id is the order's own; a name can change, and two stores give the same ones.
-- Exports without the Id name orders that others give with it.
first_rows as (
    select
        *,
        coalesce(
            given_id, max(given_id) over (partition by order_name), order_name
        ) as order_key
    from places
    where place_in_order = 1
),

orders as (
    {{ current_rows('first_rows', 'order_key', changed_at='updated_at') }}
)

select
    order_key as order_id,
    order_name,
    -- Shopify puts an apostrophe before what a spreadsheet would take for a number.
    replace(customer_id, chr(39), '') as customer_id,
    lower(trim(email)) as email,
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
    coalesce(lower(is_test) in ('true', 'yes', '1'), false) as is_test,
    lower(taxes_included) in ('true', 'yes', '1') as is_tax_included,
    upper(trim(currency)) as currency,
    try_cast(subtotal as decimal(18, 4)) as subtotal_amount,
    coalesce(try_cast(discount as decimal(18, 4)), 0) as discount_amount,
    try_cast(shipping as decimal(18, 4)) as shipping_amount,
    coalesce(try_cast(taxes as decimal(18, 4)), 0) as tax_amount,
    try_cast(total as decimal(18, 4)) as total_amount,
    coalesce(try_cast(refunded as decimal(18, 4)), 0) as refunded_amount,
    {{ moment('created_at') }} as ordered_at,
    {{ moment('paid_at') }} as paid_at,
    {{ moment('fulfilled_at') }} as fulfilled_at,
    {{ moment('cancelled_at') }} as cancelled_at,
    {{ moment('updated_at') }} as updated_at,
    _file_id,
    _line,
    _load_id
from orders
