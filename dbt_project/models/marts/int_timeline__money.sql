-- One row per order, refund, payment, and beginning or end of a subscription.
with
orders as (
    select * from {{ ref('conformed__orders') }}
),

refunds as (
    select * from {{ ref('conformed__refunds') }}
    where coalesce(is_final, true)
),

payments as (
    select * from {{ ref('payments') }}
),

subscriptions as (
    select * from {{ ref('conformed__subscriptions') }}
)

select
    source_name,
    'order:' || order_id as event_id,
    record_id,
    'order placed' as event_type,
    'shop' as channel,
    order_id as subject,
    currency,
    total_amount as amount,
    ordered_at as occurred_at
from orders
union all
select
    refunds.source_name,
    'refund:' || refunds.refund_id as event_id,
    orders.record_id,
    'order refunded' as event_type,
    'shop' as channel,
    refunds.order_id as subject,
    refunds.currency,
    -refunds.refund_amount as amount,
    refunds.refunded_at as occurred_at
from refunds
left join orders
    on refunds.source_name = orders.source_name and refunds.order_id = orders.order_id
union all
-- Who pays as a guest is known by the order.
select
    payments.source_name,
    'payment:' || payments.payment_id as event_id,
    coalesce(payments.record_id, orders.record_id) as record_id,
    case
        when payments.is_paid then 'payment made'
        else 'payment ' || coalesce(payments.status_class, 'unmapped')
    end as event_type,
    'payments' as channel,
    coalesce(payments.order_id, payments.payment_id) as subject,
    payments.currency,
    payments.payment_amount as amount,
    payments.paid_at as occurred_at
from payments
left join orders
    on
        payments.order_source_name = orders.source_name
        and payments.order_id = orders.order_id
union all
select
    source_name,
    'subscription:' || subscription_id as event_id,
    record_id,
    'subscription started' as event_type,
    'subscriptions' as channel,
    subscription_id as subject,
    currency,
    monthly_amount as amount,
    started_at as occurred_at
from subscriptions
union all
select
    source_name,
    'subscription cancelled:' || subscription_id as event_id,
    record_id,
    'subscription cancelled' as event_type,
    'subscriptions' as channel,
    subscription_id as subject,
    currency,
    -monthly_amount as amount,
    coalesce(ended_at, cancelled_at) as occurred_at
from subscriptions
where state = 'cancelled' and coalesce(ended_at, cancelled_at) is not null
