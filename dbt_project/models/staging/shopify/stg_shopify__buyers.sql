-- One row per order of which it is known who bought.
with
orders as (
    select * from {{ ref('stg_shopify__orders') }}
),

customers as (
    select * from {{ ref('stg_shopify__customers') }}
    where is_current
),

-- The admin's export of orders names the buyer by e-mail or phone alone.
by_email as (
    select
        email,
        min(customer_id) as customer_id
    from customers
    where email <> ''
    group by email
),

by_phone as (
    select
        {{ regex_replace('phone', '[^0-9+]', '') }} as phone,
        min(customer_id) as customer_id
    from customers
    where phone <> ''
    group by {{ regex_replace('phone', '[^0-9+]', '') }}
    having count(*) = 1
),

named as (
    select
        orders.*,
        coalesce(
            nullif(orders.customer_id, ''), by_email.customer_id, by_phone.customer_id
        ) as buyer_customer_id,
        coalesce(
            nullif(orders.email, ''),
            nullif({{ regex_replace('orders.phone', '[^0-9+]', '') }}, '')
        ) as guest
    from orders
    left join by_email on orders.email = by_email.email
    left join by_phone
        on {{ regex_replace('orders.phone', '[^0-9+]', '') }} = by_phone.phone
)

select
    named.order_id,
    case
        when named.buyer_customer_id is not null
            then 'shopify.customer:' || named.buyer_customer_id
        -- Record ids are published, so they are made of a hash.
        else 'shopify.guest:' || {{ sha256_hex(composed('named.guest')) }}
    end as record_id,
    -- Bought without being in the export of customers.
    customers.customer_id is null as is_known_by_orders_only
from named
left join customers on named.buyer_customer_id = customers.customer_id
where coalesce(named.buyer_customer_id, named.guest) is not null
