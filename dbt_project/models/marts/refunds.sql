-- One row per refund of an order.
with
refunds as (
    select * from {{ ref('int_money__refunds') }}
),

orders as (
    select * from {{ ref('orders') }}
)

select
    refunds.source_name,
    refunds.refund_id,
    refunds.order_id,
    orders.customer_id,
    refunds.is_final,
    coalesce(refunds.is_final and orders.is_earning, false) as is_counted,
    refunds.currency,
    {{ money('refunds.refund_amount') }} as refund_amount,
    {{ money('refunds.items_part_amount') }} as items_amount,
    {{ money('refunds.shipping_part_amount') }} as shipping_amount,
    {{ money('refunds.tax_part_amount') }} as tax_amount,
    refunds.order_currency,
    {{ money('refunds.refund_amount * refunds.order_rate') }} as order_refund_amount,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('refunds.refund_amount * refunds.reporting_rate') }}
        as reporting_refund_amount,
    {{ money('refunds.items_part_amount * refunds.reporting_rate') }}
        as reporting_items_amount,
    refunds.refunded_on,
    refunds.refunded_at,
    refunds.file_id
from refunds
left join orders
    on
        refunds.source_name = orders.source_name
        and refunds.order_id = orders.order_id
