-- One row per order of the sources whose orders count, as last delivered.
with
given as (
    {{ given('orders', added=['status_class', 'record_key'], at='ordered_at') }}
),

ledgers as (
    select
        *,
        source_name in {{ order_ledgers() }} as is_in_ledger,
        -- Where no ledger has delivered an order, what others deliver is the ledger.
        max(case when source_name in {{ order_ledgers() }} then 1 else 0 end) over ()
        = 1 as has_ledger
    from given
),

counted as (
    select
        *,
        replace(lower(order_id), '#', '') as id_number,
        replace(lower(order_name), '#', '') as name_number
    from ledgers
    where is_in_ledger or not has_ledger
),

shop_numbers as (
    select id_number as order_number
    from counted
    where source_name not in {{ payment_sources() }}
    union
    select name_number as order_number
    from counted
    where source_name not in {{ payment_sources() }} and name_number is not null
),

-- A payment that names an order of a shop is not one more.
orders as (
    select counted.*
    from counted
    left join shop_numbers
        on
            counted.source_name in {{ payment_sources() }}
            and counted.name_number = shop_numbers.order_number
    where shop_numbers.order_number is null
),

statuses as (
    select * from {{ ref('order_statuses') }}
),

record_keys as (
    select * from {{ ref('record_keys') }}
)

select
    orders.source_name,
    orders.order_id,
    orders.order_name,
    orders.record_id,
    orders.email,
    orders.phone,
    orders.status,
    case
        when orders.is_test then 'test'
        when orders.cancelled_at is not null then 'cancelled'
        else coalesce(
            own_statuses.status_class, general_statuses.status_class, 'unmapped'
        )
    end as status_class,
    orders.is_test,
    orders.channel,
    orders.currency,
    orders.items_amount,
    orders.discount_amount,
    orders.shipping_amount,
    orders.tax_amount,
    orders.total_amount,
    orders.ordered_at,
    orders.paid_at,
    orders.cancelled_at,
    orders.updated_at,
    orders.file_id,
    orders.line,
    record_keys.record_key
from orders
left join statuses as own_statuses
    on
        orders.source_name = own_statuses.source_name
        and {{ status_key('orders.status') }} = own_statuses.status
left join statuses as general_statuses
    on
        general_statuses.source_name = 'any'
        and {{ status_key('orders.status') }} = general_statuses.status
left join record_keys on orders.record_id = record_keys.record_id
