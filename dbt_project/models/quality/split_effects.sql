-- One row per customer split off this night, and customer it was split from.
with
changes as (
    select distinct
        customer_id,
        previous_customer_id
    from {{ ref('customer_id_changes') }}
    where changed_on = {{ as_of() }} and change = 'split'
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

orders as (
    select * from {{ ref('orders') }}
),

consents as (
    select * from {{ ref('int_consents__reached') }}
),

segment_members as (
    select * from {{ ref('segment_members') }}
),

moved as (
    select
        customer_ids.record_id,
        customer_ids.customer_id,
        customer_ids.previous_customer_id
    from customer_ids
    inner join changes
        on
            customer_ids.customer_id = changes.customer_id
            and customer_ids.previous_customer_id = changes.previous_customer_id
),

record_counts as (
    select
        customer_id,
        previous_customer_id,
        count(*) as record_count
    from moved
    group by customer_id, previous_customer_id
),

order_sums as (
    select
        moved.customer_id,
        moved.previous_customer_id,
        count_if(not orders.is_cancelled) as order_count,
        sum(case when orders.is_cancelled then 0 else orders.reporting_total_amount end)
            as revenue_amount
    from orders
    inner join moved on orders.record_id = moved.record_id
    group by moved.customer_id, moved.previous_customer_id
),

consent_counts as (
    select
        moved.customer_id,
        moved.previous_customer_id,
        count(distinct consents.source_name || ':' || consents.consent_id)
            as consent_count
    from consents
    inner join moved on consents.reached_record_id = moved.record_id
    group by moved.customer_id, moved.previous_customer_id
),

segment_counts as (
    select
        customer_id,
        count(*) as segment_count
    from segment_members
    group by customer_id
)

select
    record_counts.customer_id,
    record_counts.previous_customer_id,
    cast(record_counts.record_count as bigint) as record_count,
    cast(coalesce(order_sums.order_count, 0) as bigint) as order_count,
    '{{ var("reporting_currency") }}' as currency,
    cast(coalesce(order_sums.revenue_amount, 0) as decimal(18, 2)) as revenue_amount,
    cast(coalesce(consent_counts.consent_count, 0) as bigint) as consent_count,
    cast(coalesce(segment_counts.segment_count, 0) as bigint) as segment_count
from record_counts
left join order_sums
    on
        record_counts.customer_id = order_sums.customer_id
        and record_counts.previous_customer_id = order_sums.previous_customer_id
left join consent_counts
    on
        record_counts.customer_id = consent_counts.customer_id
        and record_counts.previous_customer_id = consent_counts.previous_customer_id
left join segment_counts on record_counts.customer_id = segment_counts.customer_id
