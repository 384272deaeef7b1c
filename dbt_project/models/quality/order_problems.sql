-- One row per order and what cannot be right about its money.
with
orders as (
    select * from {{ ref('conformed__orders') }}
),

marts_orders as (
    select * from {{ ref('orders') }}
),

refunds as (
    select * from {{ ref('conformed__refunds') }}
),

lines as (
    select * from {{ ref('conformed__order_lines') }}
),

line_sums as (
    select
        source_name,
        order_id,
        sum(line_amount) as amount
    from lines
    group by source_name, order_id
),

problems as (
    select
        source_name,
        order_id,
        'refunded beyond its total' as problem,
        currency,
        total_amount as order_amount,
        refund_amount as other_amount
    from marts_orders
    where refund_amount > total_amount + 0.01
    union all
    select
        orders.source_name,
        orders.order_id,
        'parts do not add up to the total' as problem,
        orders.currency,
        orders.total_amount as order_amount,
        orders.items_amount - coalesce(orders.discount_amount, 0)
        + coalesce(orders.shipping_amount, 0) + coalesce(orders.tax_amount, 0)
            as other_amount
    from orders
    where
        abs(
            orders.items_amount - coalesce(orders.discount_amount, 0)
            + coalesce(orders.shipping_amount, 0) + coalesce(orders.tax_amount, 0)
            - orders.total_amount
        ) > 0.011
    union all
    select
        source_name,
        order_id,
        'total is negative' as problem,
        currency,
        total_amount as order_amount,
        null as other_amount
    from orders
    where total_amount < 0
    union all
    select
        orders.source_name,
        orders.order_id,
        'lines are more than items' as problem,
        orders.currency,
        orders.items_amount + coalesce(orders.tax_amount, 0) as order_amount,
        line_sums.amount as other_amount
    from orders
    inner join line_sums
        on
            orders.source_name = line_sums.source_name
            and orders.order_id = line_sums.order_id
    where
        line_sums.amount
        > orders.items_amount + coalesce(orders.tax_amount, 0) + 0.011
    union all
    -- A discount of the order may stand in its lines.
    select
        orders.source_name,
        orders.order_id,
        'lines are less than items' as problem,
        orders.currency,
        orders.items_amount - coalesce(orders.discount_amount, 0) as order_amount,
        line_sums.amount as other_amount
    from orders
    inner join line_sums
        on
            orders.source_name = line_sums.source_name
            and orders.order_id = line_sums.order_id
    where
        line_sums.amount
        < orders.items_amount - coalesce(orders.discount_amount, 0) - 0.011
    union all
    select
        refunds.source_name,
        coalesce(refunds.order_id, '(none)') as order_id,
        'refunded, but never delivered' as problem,
        min(refunds.currency) as currency,
        null as order_amount,
        sum(refunds.refund_amount) as other_amount
    from refunds
    left join orders
        on
            refunds.source_name = orders.source_name
            and refunds.order_id = orders.order_id
    where orders.order_id is null
    group by refunds.source_name, refunds.order_id
)

select
    source_name,
    order_id,
    problem,
    currency,
    {{ money('order_amount') }} as order_amount,
    {{ money('other_amount') }} as other_amount
from problems
