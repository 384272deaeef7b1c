-- One row per purchase at Stripe: the charge that was paid, or the last attempt.
with
payments as (
    select * from {{ ref('stripe__payments') }}
),

charges as (
    select
        charge_id,
        -- Several attempts to pay belong to one intent to buy.
        row_number() over (
            partition by coalesce(payment_intent_id, charge_id)
            order by is_paid desc nulls last, created_at desc nulls last, charge_id desc
        ) as attempt_rank
    from {{ ref('stg_stripe__charges') }}
)

select
    payments.payment_id as order_id,
    payments.order_id as order_name,
    payments.record_id,
    payments.email,
    null as phone,
    payments.status,
    payments.is_test,
    null as channel,
    payments.currency,
    payments.payment_amount as items_amount,
    0 as discount_amount,
    null as shipping_amount,
    null as tax_amount,
    payments.payment_amount as total_amount,
    payments.paid_at as ordered_at,
    payments.paid_at,
    null as cancelled_at,
    payments.paid_at as updated_at,
    payments.file_id,
    payments.line
from payments
inner join charges on payments.payment_id = charges.charge_id
where charges.attempt_rank = 1
