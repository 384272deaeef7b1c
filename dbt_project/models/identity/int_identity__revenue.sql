-- One row per record of a customer in which several records have revenue.
with
customer_ids as (
    select * from {{ ref('customer_ids') }}
),

orders as (
    select * from {{ ref('orders') }}
    where not is_cancelled
),

by_record as (
    select
        'shop.customer:' || shop_customer_id as record_id,
        sum(reporting_total_amount - reporting_refund_amount) as revenue_amount
    from orders
    group by shop_customer_id
),

several as (
    select customer_ids.customer_id
    from by_record
    inner join customer_ids on by_record.record_id = customer_ids.record_id
    where by_record.revenue_amount > 0
    group by customer_ids.customer_id
    having count(*) > 1
)

select
    customer_ids.record_id,
    customer_ids.customer_id,
    cast(
        case when by_record.revenue_amount > 0 then by_record.revenue_amount else 0 end
        as decimal(18, 2)
    ) as revenue_amount
from customer_ids
inner join several on customer_ids.customer_id = several.customer_id
left join by_record on customer_ids.record_id = by_record.record_id
