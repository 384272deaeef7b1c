-- One row per refund of an order, as last delivered.
with
given as (
    {{ given('refunds', at='refunded_at') }}
)

select
    source_name,
    refund_id,
    order_id,
    currency,
    refund_amount,
    items_amount,
    shipping_amount,
    tax_amount,
    reason,
    is_final,
    refunded_at,
    file_id,
    line
from given
