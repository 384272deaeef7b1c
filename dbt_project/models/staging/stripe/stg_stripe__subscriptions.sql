-- One row per subscription, as last delivered.
with
subscriptions as (
    {{ current_rows(source('raw_stripe', 'subscriptions'), 'subscription_id') }}
),

minor_units as (
    select * from {{ ref('minor_units') }}
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
    {{ stripe_amount('amount', 'subscriptions') }} as plan_amount,
    coalesce(try_cast(subscriptions.quantity as int), 1) as quantity,
    try_cast(coalesce(subscriptions.created_utc, subscriptions.created) as timestamp)
        as created_at,
    try_cast(subscriptions.started_at as timestamp) as started_at,
    try_cast(subscriptions.trial_start as timestamp) as trial_started_at,
    try_cast(subscriptions.trial_end as timestamp) as trial_ends_at,
    try_cast(subscriptions.current_period_start as timestamp)
        as current_period_started_at,
    try_cast(subscriptions.current_period_end as timestamp) as current_period_ends_at,
    try_cast(subscriptions.canceled_at as timestamp) as cancelled_at,
    try_cast(subscriptions.ended_at as timestamp) as ended_at,
    subscriptions._file_id,
    subscriptions._line,
    subscriptions._load_id
from subscriptions
left join minor_units as units
    on upper(trim(subscriptions.currency)) = units.currency_code
