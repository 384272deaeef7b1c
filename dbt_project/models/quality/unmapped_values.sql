-- One row per source, field and value that has no meaning here yet.
with
orders as (
    select * from {{ ref('conformed__orders') }}
),

order_lines as (
    select * from {{ ref('conformed__order_lines') }}
),

payments as (
    select * from {{ ref('conformed__payments') }}
),

subscriptions as (
    select * from {{ ref('conformed__subscriptions') }}
),

refunds as (
    select * from {{ ref('conformed__refunds') }}
),

deals as (
    select * from {{ ref('conformed__deals') }}
),

tickets as (
    select * from {{ ref('conformed__tickets') }}
),

touches as (
    select * from {{ ref('conformed__touches') }}
),

touch_types as (
    select * from {{ ref('touch_types') }}
),

consents as (
    select * from {{ ref('conformed__consents') }}
),

ad_costs as (
    select * from {{ ref('conformed__ad_costs') }}
),

currencies as (
    select currency_code from {{ ref('countries') }}
    union
    select currency_code from {{ ref('exchange_rates') }}
),

named_currencies as (
    {%- for concept in [
        'orders', 'refunds', 'payments', 'subscriptions', 'deals', 'ad_costs'
    ] %}
    select
        source_name,
        '{{ concept }}.currency' as field,
        currency
    from {{ concept }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

unmapped as (
    select
        source_name,
        'orders.status' as field,
        status as value
    from orders
    where status_class = 'unmapped'
    union all
    select
        source_name,
        'payments.status' as field,
        status as value
    from payments
    where state = 'unmapped'
    union all
    select
        source_name,
        'subscriptions.status' as field,
        status as value
    from subscriptions
    where state = 'unmapped'
    union all
    select
        source_name,
        'subscriptions.billing_interval' as field,
        billing_interval as value
    from subscriptions
    where monthly_amount is null and billing_interval is not null
    union all
    select
        source_name,
        'deals.stage' as field,
        coalesce(pipeline || ': ', '') || stage as value
    from deals
    where coalesce(state not in ('open', 'won', 'lost'), true)
    union all
    select
        source_name,
        'tickets.status' as field,
        status as value
    from tickets
    where coalesce(state not in ('open', 'pending', 'solved', 'closed'), true)
    union all
    select
        touches.source_name,
        'touches.touch_type' as field,
        touches.touch_type as value
    from touches
    left join touch_types on touches.touch_type = touch_types.touch_type
    where touch_types.touch_type is null
    union all
    select
        source_name,
        'touches.occurred_at' as field,
        '(none, or outside the years 1000 to 9999)' as value
    from touches
    where occurred_at is null
    union all
    select
        source_name,
        'consents.status' as field,
        status as value
    from consents
    where coalesce(status not in ('granted', 'withdrawn', 'pending', 'expired'), true)
    union all
    select
        named_currencies.source_name,
        named_currencies.field,
        named_currencies.currency as value
    from named_currencies
    left join currencies on named_currencies.currency = currencies.currency_code
    where currencies.currency_code is null and named_currencies.currency is not null
    {%- if 'web_events' in var('gives') %}
    union all
    -- Which number it was is not told here: it may be anything that a page holds.
    select
        'web_events' as source_name,
        'web_activity.amount' as field,
        '(no number, or beyond what is held)' as value
    from {{ ref('stg_web_events__events') }}
    where has_unusable_number
    {%- endif %}
    union all
    select
        source_name,
        'order_lines.line_amount' as field,
        '(beyond what is held)' as value
    from order_lines
    where line_amount is null and quantity * unit_amount is not null
)

select
    source_name,
    field,
    coalesce(nullif(trim(value), ''), '(none)') as value,
    count(*) as row_count
from unmapped
group by source_name, field, coalesce(nullif(trim(value), ''), '(none)')
