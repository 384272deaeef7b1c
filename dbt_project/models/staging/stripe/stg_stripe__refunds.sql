-- One row per refund of a charge, as last delivered.
with
refunds as (
    {{ current_rows(source('raw_stripe', 'refunds'), 'refund_id') }}
),

units as (
    select * from {{ ref('stg_stripe__units') }}
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
    cast(
        try_cast(refunds.amount as decimal(30, 4)) * case
            when refunds.created_utc is not null then 1
            else coalesce(units.minor_unit, 0.01)
        end as decimal(18, 4)
    ) as refund_amount,
    {{ moment('coalesce(refunds.created_utc, refunds.created)') }} as created_at,
    refunds._file_id,
    refunds._line,
    refunds._load_id
from refunds
left join units on upper(trim(refunds.currency)) = units.currency
