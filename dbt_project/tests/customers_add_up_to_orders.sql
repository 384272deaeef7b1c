-- By customer, what customers says of orders is the sum of the orders that earn.
{{ config(meta={'dagster': {'ref': {'name': 'customers'}}}) }}
with
customers as (
    select * from {{ ref('customers') }}
),

-- noqa: disable=LT02,LT08
orders as (
    select
        customer_id,
        count_if(is_earning) as order_count,
        count_if(is_cancelled) as cancelled_order_count,
        sum(case when is_earning then refund_count else 0 end) as refund_count,
        {%- for amount in ['total', 'tax', 'shipping', 'discount', 'refund', 'net'] %}
        sum(case when is_earning then reporting_{{ amount }}_amount else 0 end)
            as {{ amount }}_amount,
        count_if(is_earning and reporting_{{ amount }}_amount is null)
            as {{ amount }}_unknown_count{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('orders') }}
    where customer_id is not null
    group by customer_id
)
-- noqa: enable=LT02,LT08

select
    coalesce(customers.customer_id, orders.customer_id) as customer_id,
    customers.revenue_amount,
    orders.total_amount
from customers
full outer join orders on customers.customer_id = orders.customer_id
where
    customers.customer_id is null
    or customers.order_count <> coalesce(orders.order_count, 0)
    or customers.cancelled_order_count <> coalesce(orders.cancelled_order_count, 0)
    or customers.refund_count <> coalesce(orders.refund_count, 0)
    {%- for column, amount in {
        'revenue': 'total', 'tax': 'tax', 'shipping': 'shipping',
        'discount': 'discount', 'refund': 'refund', 'net_revenue': 'net',
    }.items() %}
    -- Null is right where an order has no rate, and only there.
    or (customers.{{ column }}_amount is null)
    <> (coalesce(orders.{{ amount }}_unknown_count, 0) > 0)
    or customers.{{ column }}_amount <> coalesce(orders.{{ amount }}_amount, 0)
    {%- endfor %}
