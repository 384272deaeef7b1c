-- One row per attempt to pay, as last delivered.
with
given as (
    {{ given('payments', added=['record_key'], at='paid_at') }}
),

record_keys as (
    select * from {{ ref('record_keys') }}
)

select
    given.source_name,
    given.payment_id,
    given.order_id,
    given.record_id,
    given.email,
    given.status,
    given.state,
    given.is_test,
    given.currency,
    given.payment_amount,
    given.refunded_amount,
    given.card_fingerprint,
    given.description,
    given.paid_at,
    given.file_id,
    given.line,
    record_keys.record_key
from given
left join record_keys on given.record_id = record_keys.record_id
