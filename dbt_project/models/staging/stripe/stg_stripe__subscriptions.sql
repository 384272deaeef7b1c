-- One row per subscription, as last delivered.
with
subscriptions as (
    {{ current_rows(source('raw_stripe', 'subscriptions'), 'subscription_id') }}
),

units as (
    select * from {{ ref('stg_stripe__units') }}
)

select
    subscriptions.subscription_id,
    nullif(trim(subscriptions.customer_id), '') as customer_id,
    lower(trim(subscriptions.customer_email)) as email,
    subscriptions.customer_name,
    lower(trim(subscriptions.status)) as status,
    subscriptions.plan_id,
    subscriptions.product,
    lower(trim(subscriptions.billing_interval)) as billing_interval,
    -- "every 3 months" is an interval too.
    coalesce(
        try_cast(subscriptions.interval_count as int),
        try_cast(
            nullif(regexp_extract(subscriptions.billing_interval, '([0-9]+)', 1), '')
            as int
        ),
        1
    ) as interval_count,
    subscriptions.cancellation_reason,
    lower(subscriptions.cancel_at_period_end) in ('true', 't', '1')
        as is_cancelled_at_period_end,
    coalesce(lower(subscriptions.livemode) in ('live', 'true', 't', '1'), true)
        as is_live,
    upper(trim(subscriptions.currency)) as currency,
    cast(
        try_cast(subscriptions.amount as decimal(30, 4)) * case
            when subscriptions.created_utc is not null then 1
            else coalesce(units.minor_unit, 0.01)
        end as decimal(18, 4)
    ) as plan_amount,
    coalesce(try_cast(subscriptions.quantity as int), 1) as quantity,
    {{ moment('coalesce(subscriptions.created_utc, subscriptions.created)') }}
        as created_at,
    {{ moment('subscriptions.started_at') }} as started_at,
    {{ moment('subscriptions.trial_start') }} as trial_started_at,
    {{ moment('subscriptions.trial_end') }} as trial_ends_at,
    {{ moment('subscriptions.current_period_start') }}
        as current_period_started_at,
    {{ moment('subscriptions.current_period_end') }} as current_period_ends_at,
    {{ moment('subscriptions.canceled_at') }} as cancelled_at,
    {{ moment('subscriptions.ended_at') }} as ended_at,
    subscriptions._file_id,
    subscriptions._line,
    subscriptions._load_id
from subscriptions
left join units on upper(trim(subscriptions.currency)) = units.currency
