-- One row per subscription, as last delivered.
with
given as (
    {{ given('subscriptions', added=['record_key'], at='started_at') }}
),

record_keys as (
    select * from {{ ref('record_keys') }}
)

select
    given.source_name,
    given.subscription_id,
    given.record_id,
    given.product_name,
    given.status,
    given.state,
    given.is_test,
    given.currency,
    given.monthly_amount,
    given.quantity,
    given.billing_interval,
    given.is_cancelled_at_period_end,
    given.cancellation_reason,
    given.started_at,
    given.trial_ends_at,
    given.current_period_ends_at,
    given.cancelled_at,
    given.ended_at,
    given.file_id,
    given.line,
    record_keys.record_key
from given
left join record_keys on given.record_id = record_keys.record_id
