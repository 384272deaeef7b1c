-- Orders, tax and shipping of each customer and currency are those of the sources.
{{ config(meta={'dagster': {'ref': {'name': 'orders'}}}) }}
with
given as (
    select
        orders.source_name,
        customer_ids.customer_id,
        orders.currency,
        orders.status_class,
        count(*) as order_count,
        sum(orders.total_amount) as total_amount,
        sum(orders.tax_amount) as tax_amount,
        sum(orders.shipping_amount) as shipping_amount
    from {{ ref('conformed__orders') }} as orders
    left join {{ ref('customer_ids') }} as customer_ids
        on orders.record_id = customer_ids.record_id
    group by
        orders.source_name,
        customer_ids.customer_id,
        orders.currency,
        orders.status_class
),

shown as (
    select
        source_name,
        customer_id,
        currency,
        status_class,
        count(*) as order_count,
        sum(total_amount) as total_amount,
        sum(tax_amount) as tax_amount,
        sum(shipping_amount) as shipping_amount
    from {{ ref('orders') }}
    group by source_name, customer_id, currency, status_class
)

select
    given.source_name,
    given.customer_id,
    given.currency,
    shown.source_name as shown_source_name,
    shown.customer_id as shown_customer_id
from given
full outer join shown
    on
        given.source_name = shown.source_name
        and given.customer_id is not distinct from shown.customer_id
        and given.currency is not distinct from shown.currency
        and given.status_class = shown.status_class
where
    given.order_count is distinct from shown.order_count
    or coalesce(abs(given.total_amount - shown.total_amount), 0)
    > 0.005 * given.order_count
    or coalesce(abs(given.tax_amount - shown.tax_amount), 0) > 0.005 * given.order_count
    or coalesce(abs(given.shipping_amount - shown.shipping_amount), 0)
    > 0.005 * given.order_count
