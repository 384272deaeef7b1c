-- One row per refund of the shop.
with
refunds as (
    select * from {{ ref('stg_shop__refunds') }}
)

select
    refund_id,
    order_id,
    currency,
    abs(refund_amount) as refund_amount,
    null as items_amount,
    null as shipping_amount,
    null as tax_amount,
    reason,
    true as is_final,
    refunded_at,
    _file_id as file_id,
    _line as line
from refunds
