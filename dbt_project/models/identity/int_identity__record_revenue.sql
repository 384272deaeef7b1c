-- One row per record that bought: what it paid less refunds, in the reporting currency.
with
orders as (
    select * from {{ ref('conformed__orders') }}
    where status_class in ('paid', 'refunded', 'partly refunded')
),

refunds as (
    select * from {{ ref('conformed__refunds') }}
    where is_final
),

rates as (
    select * from {{ ref('currency_days') }}
),

moved as (
    select
        record_id,
        currency,
        total_amount as amount,
        {{ business_day('ordered_at') }} as moved_on
    from orders
    union all
    select
        orders.record_id,
        refunds.currency,
        -refunds.refund_amount as amount,
        {{ business_day('refunds.refunded_at') }} as moved_on
    from refunds
    inner join orders
        on
            refunds.source_name = orders.source_name
            and refunds.order_id = orders.order_id
)

-- What has no rate cannot be weighed here; quality counts it.
select
    moved.record_id,
    sum(moved.amount * {{ reporting_rate('moved.currency') }}) as revenue_amount
from moved
left join rates
    on moved.currency = rates.currency and moved.moved_on = rates.rated_on
where moved.record_id is not null
group by moved.record_id
