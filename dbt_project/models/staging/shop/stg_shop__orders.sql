-- One row per order, as last delivered.
with
orders as (
    {{ current_rows(
        source('raw_shop', 'orders'), 'order_id', changed_at='updated_at'
    ) }}
)

select
    order_id,
    customer_id,
    lower(trim(email)) as email,
    lower(trim(status)) as status,
    lower(channel) as channel,
    upper(trim(currency)) as currency,
    try_cast(subtotal as decimal(18, 4)) as subtotal_amount,
    coalesce(try_cast(discount as decimal(18, 4)), 0) as discount_amount,
    coalesce(try_cast(shipping as decimal(18, 4)), 0) as shipping_amount,
    coalesce(try_cast(tax as decimal(18, 4)), 0) as tax_amount,
    try_cast(total as decimal(18, 4)) as total_amount,
    {{ moment('ordered_at') }} as ordered_at,
    {{ moment('updated_at') }} as updated_at,
    _file_id,
    _line,
    _load_id
from orders
