-- Payments and subscriptions of each currency are those of the sources, and no payment
-- pays two orders.
{{ config(meta={'dagster': {'ref': {'name': 'payments'}}}) }}
with
given as (
    select
        'payments' as what,
        source_name,
        currency,
        count(*) as row_count,
        sum(payment_amount) as amount
    from {{ ref('conformed__payments') }}
    group by source_name, currency
    union all
    select
        'subscriptions' as what,
        source_name,
        currency,
        count(*) as row_count,
        sum(monthly_amount) as amount
    from {{ ref('conformed__subscriptions') }}
    group by source_name, currency
),

shown as (
    select
        'payments' as what,
        source_name,
        currency,
        count(*) as row_count,
        sum(payment_amount) as amount
    from {{ ref('payments') }}
    group by source_name, currency
    union all
    select
        'subscriptions' as what,
        source_name,
        currency,
        count(*) as row_count,
        sum(monthly_amount) as amount
    from {{ ref('subscriptions') }}
    group by source_name, currency
)

select
    coalesce(given.what, shown.what) as what,
    coalesce(given.source_name, shown.source_name) as source_name
from given
full outer join shown
    on
        given.what = shown.what
        and given.source_name = shown.source_name
        and given.currency is not distinct from shown.currency
where
    given.row_count is distinct from shown.row_count
    or coalesce(abs(given.amount - shown.amount), 0) > 0.005 * given.row_count
