-- One row per subscription, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

subscriptions as (
    select * from {{ source('raw_stripe', 'subscriptions') }}
),

minor_units as (
    select * from {{ ref('minor_units') }}
),

delivered as (
    select
        subscriptions.*,
        case
            -- The dashboard's exports give whole amounts, the others minor units.
            when subscriptions.created_utc is not null then cast(1 as decimal(4, 3))
            when subscriptions.created is not null
                then coalesce(minor_units.minor_unit, cast(0.01 as decimal(4, 3)))
        end as amount_unit,
        row_number() over (
            partition by subscriptions.subscription_id
            order by files.path desc, subscriptions._line desc
        ) as version_rank
    from subscriptions
    inner join files
        on
            subscriptions._file_id = files.file_id
            and subscriptions._load_id = files.load_id
    left join minor_units on upper(subscriptions.currency) = minor_units.currency_code
)

select
    subscription_id,
    customer_id,
    lower(trim(customer_email)) as email,
    lower(status) as status,
    plan_id,
    product,
    lower(billing_interval) as billing_interval,
    cancellation_reason,
    lower(cancel_at_period_end) = 'true' as is_cancelled_at_period_end,
    coalesce(lower(livemode) in ('live', 'true'), true) as is_live,
    upper(currency) as currency,
    cast(try_cast(amount as decimal(18, 2)) * amount_unit as decimal(18, 2))
        as plan_amount,
    coalesce(try_cast(quantity as int), 1) as quantity,
    try_cast(coalesce(created_utc, created) as timestamp) as created_at,
    try_cast(started_at as timestamp) as started_at,
    try_cast(trial_start as timestamp) as trial_started_at,
    try_cast(trial_end as timestamp) as trial_ends_at,
    try_cast(current_period_start as timestamp) as current_period_started_at,
    try_cast(current_period_end as timestamp) as current_period_ends_at,
    try_cast(canceled_at as timestamp) as cancelled_at,
    try_cast(ended_at as timestamp) as ended_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
