-- One row per line of an order.
with
lines as (
    select * from {{ ref('conformed__order_lines') }}
),

orders as (
    select * from {{ ref('orders') }}
),

rates as (
    select * from {{ ref('currency_days') }}
)

select
    lines.source_name,
    lines.order_id,
    lines.line_number,
    orders.customer_id,
    lines.sku,
    lines.product_name,
    lines.category,
    lines.vendor,
    orders.status_class,
    coalesce(orders.is_earning, false) as is_earning,
    orders.currency,
    {{ money('lines.unit_amount') }} as unit_amount,
    {{ money('lines.discount_amount') }} as discount_amount,
    {{ money('lines.line_amount') }} as line_amount,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('lines.line_amount * ' ~ reporting_rate('orders.currency')) }}
        as reporting_line_amount,
    lines.quantity as item_count,
    orders.ordered_on,
    orders.ordered_at
from lines
left join orders
    on lines.source_name = orders.source_name and lines.order_id = orders.order_id
left join rates
    on orders.currency = rates.currency and orders.ordered_on = rates.rated_on
