-- One row per refund of an order, as last delivered.
with
given as (
    {{ given('refunds', at='refunded_at') }}
),

orders as (
    select * from {{ ref('conformed__orders') }}
),

ledgers as (
    select distinct source_name from orders
),

refunds as (
    select given.*
    from given
    left join ledgers on given.source_name = ledgers.source_name
    where given.source_name in {{ order_ledgers() }} or ledgers.source_name is not null
),

refunded_orders as (
    select distinct
        source_name,
        order_id
    from refunds
    where is_final
),

-- Of an order that was only set to refunded, all went back.
set_to_refunded as (
    select orders.*
    from orders
    left join refunded_orders
        on
            orders.source_name = refunded_orders.source_name
            and orders.order_id = refunded_orders.order_id
    where
        orders.status_class = 'refunded'
        and orders.total_amount > 0
        and refunded_orders.order_id is null
)

select
    source_name,
    refund_id,
    order_id,
    currency,
    refund_amount,
    items_amount,
    shipping_amount,
    tax_amount,
    reason,
    is_final,
    refunded_at,
    file_id,
    line
from refunds
union all
select
    source_name,
    order_id || ':status' as refund_id,
    order_id,
    currency,
    total_amount as refund_amount,
    null as items_amount,
    null as shipping_amount,
    null as tax_amount,
    null as reason,
    true as is_final,
    coalesce(updated_at, ordered_at) as refunded_at,
    file_id,
    line
from set_to_refunded
