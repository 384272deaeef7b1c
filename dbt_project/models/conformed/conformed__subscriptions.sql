-- One row per subscription, as last delivered.
with
given as (
    {{ given('subscriptions', added=['state', 'record_key'], at='started_at') }}
),

statuses as (
    select * from {{ ref('subscription_statuses') }}
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
    coalesce(own_statuses.state, general_statuses.state, 'unmapped') as state,
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
left join statuses as own_statuses
    on
        given.source_name = own_statuses.source_name
        and {{ status_key('given.status') }} = own_statuses.status
left join statuses as general_statuses
    on
        general_statuses.source_name = 'any'
        and {{ status_key('given.status') }} = general_statuses.status
left join record_keys on given.record_id = record_keys.record_id
