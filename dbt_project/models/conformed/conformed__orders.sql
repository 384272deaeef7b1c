-- One row per order of the shops whose ledger counts, as last delivered.
with
given as (
    {{ given('orders', added=['record_key'], at='ordered_at') }}
),

record_keys as (
    select * from {{ ref('record_keys') }}
)

select
    given.source_name,
    given.order_id,
    given.order_name,
    given.record_id,
    given.email,
    given.phone,
    given.status,
    given.is_test,
    given.channel,
    given.currency,
    given.items_amount,
    given.discount_amount,
    given.shipping_amount,
    given.tax_amount,
    given.total_amount,
    given.ordered_at,
    given.paid_at,
    given.cancelled_at,
    given.updated_at,
    given.file_id,
    given.line,
    record_keys.record_key
from given
left join record_keys on given.record_id = record_keys.record_id
