-- One row per refund of a charge, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

refunds as (
    select * from {{ source('raw_stripe', 'refunds') }}
),

minor_units as (
    select * from {{ ref('minor_units') }}
),

delivered as (
    select
        refunds.*,
        case
            -- The dashboard's exports give whole amounts, the others minor units.
            when refunds.created_utc is not null then cast(1 as decimal(4, 3))
            when refunds.created is not null
                then coalesce(minor_units.minor_unit, cast(0.01 as decimal(4, 3)))
        end as amount_unit,
        row_number() over (
            partition by refunds.refund_id
            order by files.path desc, refunds._line desc
        ) as version_rank
    from refunds
    inner join files
        on refunds._file_id = files.file_id and refunds._load_id = files.load_id
    left join minor_units on upper(refunds.currency) = minor_units.currency_code
)

select
    refund_id,
    charge_id,
    payment_intent_id,
    customer_id,
    lower(trim(customer_email)) as email,
    lower(status) as status,
    reason,
    description,
    upper(currency) as currency,
    cast(try_cast(amount as decimal(18, 2)) * amount_unit as decimal(18, 2))
        as refund_amount,
    try_cast(coalesce(created_utc, created) as timestamp) as created_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
