-- One row per refund, as last delivered.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

refunds as (
    select * from {{ source('raw_shop', 'refunds') }}
),

delivered as (
    select
        refunds.*,
        row_number() over (
            partition by refunds.refund_id
            order by
                try_cast(refunds.refunded_at as timestamp) desc nulls last,
                files.path desc,
                refunds._line desc
        ) as version_rank
    from refunds
    inner join files
        on refunds._file_id = files.file_id and refunds._load_id = files.load_id
)

select
    refund_id,
    order_id,
    upper(currency) as currency,
    reason,
    try_cast(amount as decimal(18, 2)) as refund_amount,
    try_cast(refunded_at as timestamp) as refunded_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
