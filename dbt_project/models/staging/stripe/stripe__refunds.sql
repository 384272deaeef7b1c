-- One row per refund at Stripe, exported or only told by its charge, lost disputes too.
with
charges as (
    select * from {{ ref('stg_stripe__charges') }}
),

refunds as (
    select * from {{ ref('stg_stripe__refunds') }}
),

paid_charges as (
    select
        payment_intent_id,
        min(charge_id) as charge_id
    from charges
    where payment_intent_id is not null and is_paid
    group by payment_intent_id
),

refunds_of_charges as (
    select
        refunds.*,
        coalesce(refunds.charge_id, paid_charges.charge_id) as refunded_charge_id
    from refunds
    left join paid_charges on refunds.payment_intent_id = paid_charges.payment_intent_id
),

-- A charge counts a refund from when it is asked for, until it fails.
refund_sums as (
    select
        refunded_charge_id,
        sum(abs(refund_amount)) as refund_amount
    from refunds_of_charges
    where coalesce(status, 'succeeded') not in ('failed', 'canceled', 'cancelled')
    group by refunded_charge_id
),

untold as (
    select
        charges.*,
        abs(charges.refunded_amount) - coalesce(refund_sums.refund_amount, 0)
            as rest_amount
    from charges
    left join refund_sums on charges.charge_id = refund_sums.refunded_charge_id
)

select
    refund_id,
    refunded_charge_id as order_id,
    currency,
    abs(refund_amount) as refund_amount,
    null as items_amount,
    null as shipping_amount,
    null as tax_amount,
    reason,
    coalesce(status, 'succeeded') = 'succeeded' as is_final,
    created_at as refunded_at,
    _file_id as file_id,
    _line as line
from refunds_of_charges
union all
select
    charge_id || ':refunded' as refund_id,
    charge_id as order_id,
    currency,
    rest_amount as refund_amount,
    null as items_amount,
    null as shipping_amount,
    null as tax_amount,
    null as reason,
    true as is_final,
    coalesce(refunded_at, created_at) as refunded_at,
    _file_id as file_id,
    _line as line
from untold
where rest_amount >= 0.005
union all
select
    charge_id || ':disputed' as refund_id,
    charge_id as order_id,
    currency,
    -- Without the amount, all that had not gone back before.
    coalesce(nullif(abs(disputed_amount), 0), charge_amount - abs(refunded_amount))
        as refund_amount,
    null as items_amount,
    null as shipping_amount,
    null as tax_amount,
    'dispute lost' as reason,
    true as is_final,
    coalesce(disputed_at, created_at) as refunded_at,
    _file_id as file_id,
    _line as line
from charges
where is_dispute_lost
