-- One row per attempt to charge a customer, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

charges as (
    select * from {{ source('raw_stripe', 'charges') }}
),

delivered as (
    select
        charges.*,
        row_number() over (
            partition by charges.charge_id
            order by files.path desc, charges._line desc
        ) as version_rank
    from charges
    inner join files
        on charges._file_id = files.file_id and charges._load_id = files.load_id
)

select
    charge_id,
    payment_intent_id,
    invoice_id,
    customer_id,
    lower(trim(customer_email)) as email,
    lower(status) as status,
    failure_code,
    description,
    statement_descriptor,
    lower(status) in (
        'succeeded', 'paid', 'refunded', 'partial refund', 'partially refunded'
    ) as is_paid,
    lower(captured) = 'true' as is_captured,
    coalesce(lower(livemode) in ('live', 'true'), true) as is_live,
    upper(currency) as currency,
    {{ stripe_amount('amount') }} as charge_amount,
    coalesce({{ stripe_amount('amount_refunded') }}, 0) as refunded_amount,
    try_cast(coalesce(created_utc, created) as timestamp) as created_at,
    try_cast(refunded_at as timestamp) as refunded_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
