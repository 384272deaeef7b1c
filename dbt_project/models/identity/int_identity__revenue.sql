-- One row per record of a customer in which several records have revenue.
with
customer_ids as (
    select * from {{ ref('customer_ids') }}
),

by_record as (
    select * from {{ ref('int_identity__record_revenue') }}
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
    {{ money("greatest(coalesce(by_record.revenue_amount, 0), 0)") }} as revenue_amount
from customer_ids
inner join several on customer_ids.customer_id = several.customer_id
left join by_record on customer_ids.record_id = by_record.record_id
