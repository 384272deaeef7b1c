-- Refunds of each currency are those of the sources, and those of orders are theirs.
{{ config(meta={'dagster': {'ref': {'name': 'refunds'}}}) }}
with
given as (
    select
        source_name,
        currency,
        is_final,
        count(*) as refund_count,
        sum(refund_amount) as refund_amount
    from {{ ref('conformed__refunds') }}
    group by source_name, currency, is_final
),

refunds as (
    select * from {{ ref('refunds') }}
),

shown as (
    select
        source_name,
        currency,
        is_final,
        count(*) as refund_count,
        sum(refund_amount) as refund_amount
    from refunds
    group by source_name, currency, is_final
),

of_customers as (
    select
        source_name,
        customer_id,
        count(*) as refund_count,
        count(reporting_refund_amount) as rated_count,
        sum(reporting_refund_amount) as reporting_refund_amount
    from refunds
    where is_counted
    group by source_name, customer_id
),

of_orders as (
    select
        source_name,
        customer_id,
        sum(refund_count) as refund_count,
        sum(reporting_refund_amount) as reporting_refund_amount
    from {{ ref('orders') }}
    where is_earning and refund_count > 0
    group by source_name, customer_id
)

select
    coalesce(given.source_name, shown.source_name) as source_name,
    coalesce(given.currency, shown.currency) as what
from given
full outer join shown
    on
        given.source_name = shown.source_name
        and given.currency is not distinct from shown.currency
        and given.is_final is not distinct from shown.is_final
where
    given.refund_count is distinct from shown.refund_count
    or coalesce(abs(given.refund_amount - shown.refund_amount), 0)
    > 0.005 * given.refund_count
union all
select
    coalesce(of_customers.source_name, of_orders.source_name) as source_name,
    coalesce(of_customers.customer_id, of_orders.customer_id) as what
from of_customers
full outer join of_orders
    on
        of_customers.source_name = of_orders.source_name
        and of_customers.customer_id is not distinct from of_orders.customer_id
where
    of_customers.refund_count is distinct from of_orders.refund_count
    or (
        of_customers.rated_count = of_customers.refund_count
        and coalesce(
            abs(
                of_customers.reporting_refund_amount - of_orders.reporting_refund_amount
            ) > 0.01 * of_customers.refund_count,
            true
        )
    )
