-- One row per attempt to pay.
with
payments as (
    select
        *,
        {{ business_day('paid_at') }} as paid_on
    from {{ ref('conformed__payments') }}
),

order_payments as (
    select * from {{ ref('int_money__order_payments') }}
),

orders as (
    select * from {{ ref('orders') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

rates as (
    select * from {{ ref('currency_days') }}
)

select
    payments.source_name,
    payments.payment_id,
    coalesce(customer_ids.customer_id, orders.customer_id) as customer_id,
    payments.record_id,
    order_payments.order_source_name,
    order_payments.order_id,
    order_payments.rule as order_rule,
    payments.status,
    case when payments.is_test then 'test' else payments.state end as status_class,
    coalesce(
        payments.state in ('paid', 'refunded', 'partly refunded')
        and not coalesce(payments.is_test, false), false
    ) as is_paid,
    coalesce(payments.is_test, false) as is_test,
    payments.currency,
    {{ money('payments.payment_amount') }} as payment_amount,
    {{ money('payments.refunded_amount') }} as refunded_amount,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('payments.payment_amount * ' ~ reporting_rate('payments.currency')) }}
        as reporting_payment_amount,
    {{ money('payments.refunded_amount * ' ~ reporting_rate('payments.currency')) }}
        as reporting_refunded_amount,
    payments.paid_on,
    payments.paid_at
from payments
left join order_payments
    on
        payments.source_name = order_payments.source_name
        and payments.payment_id = order_payments.payment_id
left join orders
    on
        order_payments.order_source_name = orders.source_name
        and order_payments.order_id = orders.order_id
left join customer_ids on payments.record_id = customer_ids.record_id
left join rates
    on payments.currency = rates.currency and payments.paid_on = rates.rated_on
