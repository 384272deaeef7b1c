-- What a customer paid and what went back is the sum of the customer's orders; it is
-- unknown where one of them is.
with
orders as (
    select
        customer_id,
        count(*) as order_count,
        case
            when count(*) = count(reporting_total_amount)
                then sum(reporting_total_amount)
        end as revenue_amount,
        case
            when count(*) = count(reporting_refund_amount)
                then sum(reporting_refund_amount)
        end as refund_amount,
        case
            when count(*) = count(reporting_net_amount)
                then sum(reporting_net_amount)
        end as net_revenue_amount
    from {{ ref('orders') }}
    where is_earning and customer_id is not null
    group by customer_id
),

customers as (
    select * from {{ ref('customers') }}
)

select customers.customer_id
from customers
full outer join orders on customers.customer_id = orders.customer_id
where
    coalesce(customers.order_count, 0) <> coalesce(orders.order_count, 0)
    or (
        orders.order_count > 0
        and (
            customers.revenue_amount is distinct from orders.revenue_amount
            or customers.refund_amount is distinct from orders.refund_amount
            or customers.net_revenue_amount is distinct from orders.net_revenue_amount
        )
    )
