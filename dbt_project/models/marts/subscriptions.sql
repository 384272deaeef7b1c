-- One row per subscription.
with
subscriptions as (
    select
        *,
        {{ business_day('started_at') }} as started_on,
        {{ business_day('ended_at') }} as ended_on,
        state in ('active', 'past due') and not coalesce(is_test, false)
        and coalesce(ended_at >= {{ end_of_day(as_of()) }}, true) as is_recurring
    from {{ ref('conformed__subscriptions') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

-- What recurs is worth what it is worth today; what ended, what it was worth then.
rated as (
    select
        *,
        least(coalesce(ended_on, {{ as_of() }}), {{ as_of() }}) as rated_on
    from subscriptions
),

rates as (
    select * from {{ ref('currency_days') }}
)

select
    rated.source_name,
    rated.subscription_id,
    customer_ids.customer_id,
    rated.record_id,
    rated.product_name,
    rated.status,
    case when rated.is_test then 'test' else rated.state end as state,
    rated.is_recurring,
    coalesce(rated.is_test, false) as is_test,
    coalesce(rated.is_cancelled_at_period_end, false) as is_cancelled_at_period_end,
    rated.cancellation_reason,
    rated.billing_interval,
    rated.quantity as item_count,
    rated.currency,
    {{ money('rated.monthly_amount') }} as monthly_amount,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('rated.monthly_amount * ' ~ reporting_rate('rated.currency')) }}
        as reporting_monthly_amount,
    rated.started_on,
    rated.ended_on,
    rated.started_at,
    rated.trial_ends_at,
    rated.current_period_ends_at,
    rated.cancelled_at,
    rated.ended_at,
    rated.file_id
from rated
left join customer_ids on rated.record_id = customer_ids.record_id
left join rates
    on rated.currency = rates.currency and rated.rated_on = rates.rated_on
