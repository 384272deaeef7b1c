-- One row per customer with an order: what was paid, and what went back.
with
orders as (
    select * from {{ ref('orders') }}
    where customer_id is not null
),

earning as (
    select
        *,
        row_number() over (
            partition by customer_id
            order by ordered_at desc nulls last, source_name asc, order_id desc
        ) as recency_rank
    from orders
    where is_earning
),

-- Orders as they are shown are added up, so that customers and orders agree to the
-- cent. One order without a rate leaves the sum unknown.
earned as (
    select
        customer_id,
        count(*) as order_count,
        count_if(ordered_on >= {{ as_of() }} - 90) as order_count_90_days,
        sum(refund_count) as refund_count,
        count_if(refund_count > 0) as refunded_order_count,
        {%- for amount in [
            'total', 'subtotal', 'discount', 'shipping', 'tax', 'refund', 'net'
        ] %}
        case
            when count(reporting_{{ amount }}_amount) = count(*)
                then sum(reporting_{{ amount }}_amount)
        end as {{ amount }}_amount,
        {%- endfor %}
        max(case when recency_rank = 1 then reporting_total_amount end)
            as last_order_amount,
        min(ordered_at) as first_order_at,
        max(ordered_at) as last_order_at,
        min(ordered_on) as first_order_on,
        max(ordered_on) as last_order_on
    from earning
    group by customer_id
),

states as (
    select
        customer_id,
        count_if(is_cancelled) as cancelled_order_count,
        count_if(status_class = 'failed') as failed_order_count,
        count_if(status_class = 'unmapped') as unmapped_order_count
    from orders
    group by customer_id
)

select
    states.customer_id,
    earned.order_count,
    earned.order_count_90_days,
    states.cancelled_order_count,
    states.failed_order_count,
    states.unmapped_order_count,
    earned.refund_count,
    earned.total_amount as revenue_amount,
    earned.subtotal_amount as items_amount,
    earned.discount_amount,
    earned.shipping_amount,
    earned.tax_amount,
    earned.refund_amount,
    earned.net_amount as net_revenue_amount,
    {{ money('cast(earned.total_amount as double) / nullif(earned.order_count, 0)') }}
        as average_order_amount,
    earned.last_order_amount,
    cast(earned.refunded_order_count as double) / nullif(earned.order_count, 0)
        as return_rate,
    cast({{ days_between('earned.first_order_on', 'earned.last_order_on') }} as double)
    / nullif(earned.order_count - 1, 0) as days_between_orders,
    earned.first_order_at,
    earned.last_order_at
from states
left join earned on states.customer_id = earned.customer_id
