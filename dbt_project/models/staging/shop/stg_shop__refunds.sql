-- One row per refund, as last delivered.
with
refunds as (
    {{ current_rows(
        source('raw_shop', 'refunds'), 'refund_id', changed_at='refunded_at'
    ) }}
)

select
    refund_id,
    order_id,
    upper(trim(currency)) as currency,
    reason,
    try_cast(amount as decimal(18, 4)) as refund_amount,
    {{ moment('refunded_at') }} as refunded_at,
    _file_id,
    _line,
    _load_id
from refunds
