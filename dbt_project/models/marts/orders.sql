-- One row per order of the shop's ledger, cancelled and refunded ones included.
with
orders as (
    select * from {{ ref('stg_shop__orders') }}
),

lines as (
    select * from {{ ref('stg_shop__order_lines') }}
),

refunds as (
    select * from {{ ref('stg_shop__refunds') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

rates as (
    select
        *,
        coalesce(
            lead(valid_from) over (partition by currency_code order by valid_from asc),
            cast('9999-12-31' as date)
        ) as valid_to
    from {{ ref('exchange_rates') }}
),

line_sums as (
    select
        order_id,
        count(*) as line_count,
        sum(quantity) as item_count
    from lines
    group by order_id
),

refund_sums as (
    select
        order_id,
        count(*) as refund_count,
        sum(refund_amount) as refund_amount,
        max(refunded_at) as last_refunded_at
    from refunds
    group by order_id
),

priced as (
    select
        orders.*,
        coalesce(line_sums.line_count, 0) as line_count,
        coalesce(line_sums.item_count, 0) as item_count,
        coalesce(refund_sums.refund_count, 0) as refund_count,
        cast(coalesce(refund_sums.refund_amount, 0) as decimal(18, 2)) as refund_amount,
        refund_sums.last_refunded_at,
        rates.rate_to_eur / nullif(target_rates.rate_to_eur, 0) as rate
    from orders
    left join line_sums on orders.order_id = line_sums.order_id
    left join refund_sums on orders.order_id = refund_sums.order_id
    left join rates
        on
            orders.currency = rates.currency_code
            and cast(orders.ordered_at as date) >= rates.valid_from
            and cast(orders.ordered_at as date) < rates.valid_to
    left join rates as target_rates
        on
            target_rates.currency_code = '{{ var("reporting_currency") }}'
            and cast(orders.ordered_at as date) >= target_rates.valid_from
            and cast(orders.ordered_at as date) < target_rates.valid_to
)

select
    priced.order_id,
    customer_ids.customer_id,
    priced.customer_id as shop_customer_id,
    priced.status,
    priced.channel,
    priced.status = 'cancelled' as is_cancelled,
    priced.currency,
    priced.subtotal_amount,
    priced.discount_amount,
    priced.shipping_amount,
    priced.tax_amount,
    priced.total_amount,
    priced.refund_amount,
    '{{ var("reporting_currency") }}' as reporting_currency,
    -- By way of six places: half a cent is then rounded up, on every engine.
    cast(
        cast(priced.total_amount * priced.rate as decimal(18, 6)) as decimal(18, 2)
    ) as reporting_total_amount,
    cast(
        cast(priced.refund_amount * priced.rate as decimal(18, 6)) as decimal(18, 2)
    ) as reporting_refund_amount,
    cast(priced.line_count as bigint) as line_count,
    cast(priced.item_count as bigint) as item_count,
    cast(priced.refund_count as bigint) as refund_count,
    cast(priced.ordered_at as date) as ordered_on,
    priced.ordered_at,
    priced.last_refunded_at,
    priced.updated_at
from priced
left join
    customer_ids
    on 'shop.customer:' || priced.customer_id = customer_ids.record_id
