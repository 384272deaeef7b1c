-- One row per line of an order.
with
lines as (
    select * from {{ ref('stg_shop__order_lines') }}
),

orders as (
    select * from {{ ref('stg_shop__orders') }}
)

select
    lines.order_id,
    lines.line_number,
    lines.sku,
    lines.product_name,
    lines.category,
    orders.currency,
    lines.unit_amount,
    lines.discount_amount,
    lines.line_amount,
    cast(lines.quantity as bigint) as item_count,
    orders.ordered_at
from lines
left join orders on lines.order_id = orders.order_id
