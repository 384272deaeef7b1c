-- What all orders of a currency are worth is what their days' rates make of them, and
-- none has a worth without a rate.
{{ config(meta={'dagster': {'ref': {'name': 'orders'}}}) }}
with
given as (
    select
        orders.source_name,
        orders.currency,
        count(*) as order_count,
        sum(
            orders.total_amount * case
                when orders.currency = '{{ var("reporting_currency") }}' then 1
                else rates.reporting_rate
            end
        ) as total_amount,
        count(
            case
                when orders.currency = '{{ var("reporting_currency") }}'
                    then orders.total_amount
                when rates.reporting_rate > 0 then orders.total_amount
            end
        ) as rated_count
    from {{ ref('conformed__orders') }} as orders
    left join {{ ref('currency_days') }} as rates
        on
            orders.currency = rates.currency
            and {{ business_day('orders.ordered_at') }} = rates.rated_on
    group by orders.source_name, orders.currency
),

shown as (
    select
        source_name,
        currency,
        count(*) as order_count,
        sum(reporting_total_amount) as total_amount,
        count(reporting_total_amount) as rated_count
    from {{ ref('orders') }}
    group by source_name, currency
)

select
    given.source_name,
    given.currency
from given
full outer join shown
    on
        given.source_name = shown.source_name
        and given.currency is not distinct from shown.currency
where
    given.rated_count is distinct from shown.rated_count
    or coalesce(abs(given.total_amount - shown.total_amount), 0)
    > 0.0051 * given.order_count
