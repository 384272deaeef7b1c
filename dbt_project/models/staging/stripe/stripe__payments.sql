-- One row per attempt to charge a customer of Stripe.
with
charges as (
    select * from {{ ref('stg_stripe__charges') }}
)

select
    charge_id as payment_id,
    order_reference as order_id,
    case
        when customer_id is not null then 'stripe.customer:' || customer_id
        -- Record ids are published, so they are made of a hash.
        when email <> '' then 'stripe.guest:' || {{ sha256_hex(composed('email')) }}
    end as record_id,
    email,
    -- Money that is only reserved is not paid.
    case when is_paid and not is_captured then 'uncaptured' else status end as status,
    not is_live as is_test,
    currency,
    charge_amount as payment_amount,
    abs(refunded_amount) as refunded_amount,
    card_fingerprint,
    description,
    created_at as paid_at,
    _file_id as file_id,
    _line as line
from charges
