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

statuses as (
    select * from {{ ref('order_statuses') }}
),

record_keys as (
    select * from {{ ref('record_keys') }}
)

select
    ledgers.source_name,
    ledgers.order_id,
    ledgers.order_name,
    ledgers.record_id,
    ledgers.email,
    ledgers.phone,
    ledgers.status,
    case
        when ledgers.is_test then 'test'
        when ledgers.cancelled_at is not null then 'cancelled'
        else coalesce(
            own_statuses.status_class, general_statuses.status_class, 'unmapped'
        )
    end as status_class,
    ledgers.is_test,
    ledgers.channel,
    ledgers.currency,
    ledgers.items_amount,
    ledgers.discount_amount,
    ledgers.shipping_amount,
    ledgers.tax_amount,
    ledgers.total_amount,
    ledgers.ordered_at,
    ledgers.paid_at,
    ledgers.cancelled_at,
    ledgers.updated_at,
    ledgers.file_id,
    ledgers.line,
    record_keys.record_key
from ledgers
left join statuses as own_statuses
    on
        ledgers.source_name = own_statuses.source_name
        and {{ status_key('ledgers.status') }} = own_statuses.status
left join statuses as general_statuses
    on
        general_statuses.source_name = 'any'
        and {{ status_key('ledgers.status') }} = general_statuses.status
left join record_keys on ledgers.record_id = record_keys.record_id
where ledgers.is_in_ledger or not ledgers.has_ledger
