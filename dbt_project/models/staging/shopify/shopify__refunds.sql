-- One row per order of the Shopify store of which something went back.
with
orders as (
    select * from {{ ref('stg_shopify__orders') }}
    where refunded_amount <> 0
)

-- Exports hold no refunds, only how much of an order went back in all.
select
    order_id || ':refunded' as refund_id,
    order_id,
    currency,
    abs(refunded_amount) as refund_amount,
    null as items_amount,
    null as shipping_amount,
    null as tax_amount,
    null as reason,
    true as is_final,
    -- The latest that is known to have happened with the order.
    coalesce(cancelled_at, updated_at, fulfilled_at, paid_at, ordered_at)
        as refunded_at,
    _file_id as file_id,
    _line as line
from orders
