-- One row per subscription at Stripe.
with
subscriptions as (
    select
        *,
        -- Months that one interval lasts; null for a word that is unknown.
        interval_count * case
            when billing_interval like '%quarter%' then 3.0
            when billing_interval like '%semi%' or billing_interval like '%half%'
                then 6.0
            when billing_interval like '%month%' then 1.0
            when billing_interval like '%year%' or billing_interval like '%annual%'
                then 12.0
            when billing_interval like '%week%' then 12.0 / 52
            when billing_interval like '%day%' or billing_interval = 'daily'
                then 12.0 / 365
        end as months
    from {{ ref('stg_stripe__subscriptions') }}
)

select
    subscription_id,
    'stripe.customer:' || customer_id as record_id,
    coalesce(product, plan_id) as product_name,
    status,
    not is_live as is_test,
    currency,
    -- Beyond what an amount holds: null, and listed with its interval as unmapped.
    try_cast(
        cast(plan_amount as decimal(30, 4)) * quantity / nullif(months, 0)
        as decimal(18, 4)
    ) as monthly_amount,
    quantity,
    case when interval_count <> 1 and billing_interval not like '%' || cast(
        interval_count as string
    ) || '%' then cast(interval_count as string) || ' ' else '' end
    || billing_interval as billing_interval,
    is_cancelled_at_period_end,
    cancellation_reason,
    coalesce(started_at, created_at) as started_at,
    trial_ends_at,
    current_period_ends_at,
    cancelled_at,
    ended_at,
    _file_id as file_id,
    _line as line
from subscriptions
