-- One row per attempt to pay, as last delivered.
with
given as (
    {{ given('payments', added=['state', 'record_key'], at='paid_at') }}
),

statuses as (
    select * from {{ ref('order_statuses') }}
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
    coalesce(
        own_statuses.status_class, general_statuses.status_class, 'unmapped'
    ) as state,
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
left join statuses as own_statuses
    on
        given.source_name = own_statuses.source_name
        and {{ status_key('given.status') }} = own_statuses.status
left join statuses as general_statuses
    on
        general_statuses.source_name = 'any'
        and {{ status_key('given.status') }} = general_statuses.status
left join record_keys on given.record_id = record_keys.record_id
