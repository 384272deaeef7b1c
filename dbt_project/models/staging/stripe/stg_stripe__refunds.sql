-- One row per refund of a charge, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

refunds as (
    select * from {{ source('raw_stripe', 'refunds') }}
),

delivered as (
    select
        refunds.*,
        row_number() over (
            partition by refunds.refund_id
            order by files.path desc, refunds._line desc
        ) as version_rank
    from refunds
    inner join files
        on refunds._file_id = files.file_id and refunds._load_id = files.load_id
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
    {{ stripe_amount('amount') }} as refund_amount,
    try_cast(coalesce(created_utc, created) as timestamp) as created_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
