-- A touch of one record counts once, for its customer; one of several for each of them.
{{ config(meta={'dagster': {'ref': {'name': 'customers'}}}) }}
with
customers as (
    select coalesce(sum(touch_count), 0) as touch_count
    from {{ ref('customers') }}
),

touches as (
    select
        count_if(touches.other_record_ids is null) as single_count,
        sum(1 + length(coalesce(touches.other_record_ids, ''))) as most_count
    from {{ ref('conformed__touches') }} as touches
    inner join {{ ref('customer_ids') }} as customer_ids
        on touches.record_id = customer_ids.record_id
)

select
    customers.touch_count,
    touches.single_count
from customers
cross join touches
where
    customers.touch_count < touches.single_count
    or customers.touch_count > coalesce(touches.most_count, 0)
