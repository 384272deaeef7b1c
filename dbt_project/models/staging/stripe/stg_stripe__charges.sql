-- One row per attempt to charge a customer, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

charges as (
    select * from {{ source('raw_stripe', 'charges') }}
),

minor_units as (
    select * from {{ ref('minor_units') }}
),

delivered as (
    select
        charges.*,
        case
            -- The dashboard's exports give whole amounts, the others minor units.
            when charges.created_utc is not null then cast(1 as decimal(4, 3))
            when charges.created is not null
                then coalesce(minor_units.minor_unit, cast(0.01 as decimal(4, 3)))
        end as amount_unit,
        row_number() over (
            partition by charges.charge_id
            order by files.path desc, charges._line desc
        ) as version_rank
    from charges
    inner join files
        on charges._file_id = files.file_id and charges._load_id = files.load_id
    left join minor_units on upper(charges.currency) = minor_units.currency_code
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
    -- The same for one card number, whoever pays with it.
    card_fingerprint,
    statement_descriptor,
    lower(status) in (
        'succeeded', 'paid', 'refunded', 'partial refund', 'partially refunded'
    ) as is_paid,
    lower(captured) = 'true' as is_captured,
    coalesce(lower(livemode) in ('live', 'true'), true) as is_live,
    upper(currency) as currency,
    cast(try_cast(amount as decimal(18, 2)) * amount_unit as decimal(18, 2))
        as charge_amount,
    coalesce(
        cast(
            try_cast(amount_refunded as decimal(18, 2)) * amount_unit as decimal(18, 2)
        ), 0
    ) as refunded_amount,
    try_cast(coalesce(created_utc, created) as timestamp) as created_at,
    try_cast(refunded_at as timestamp) as refunded_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
