-- One row per refund of a charge, as last delivered.
with
refunds as (
    {{ current_rows(source('raw_stripe', 'refunds'), 'refund_id') }}
),

minor_units as (
    select * from {{ ref('minor_units') }}
)

select
    refunds.refund_id,
    nullif(trim(refunds.charge_id), '') as charge_id,
    nullif(trim(refunds.payment_intent_id), '') as payment_intent_id,
    refunds.customer_id,
    lower(trim(refunds.customer_email)) as email,
    lower(trim(refunds.status)) as status,
    refunds.reason,
    refunds.description,
    upper(trim(refunds.currency)) as currency,
    {{ stripe_amount('amount', 'refunds') }} as refund_amount,
    try_cast(coalesce(refunds.created_utc, refunds.created) as timestamp) as created_at,
    refunds._file_id,
    refunds._line,
    refunds._load_id
from refunds
left join minor_units as units on upper(trim(refunds.currency)) = units.currency_code
