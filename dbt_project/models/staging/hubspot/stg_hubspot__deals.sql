-- One row per deal, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

deals as (
    select * from {{ source('raw_hubspot', 'deals') }}
),

delivered as (
    select
        deals.*,
        row_number() over (
            partition by deals.deal_id
            order by
                try_cast(deals.modified_at as timestamp) desc nulls last,
                files.path desc,
                deals._line desc
        ) as version_rank
    from deals
    inner join files
        on deals._file_id = files.file_id and deals._load_id = files.load_id
)

select
    deal_id,
    deal_name,
    pipeline,
    deal_stage,
    contact_ids,
    company_ids,
    owner,
    upper(currency) as currency,
    try_cast(replace(amount, ',', '') as decimal(18, 2)) as deal_amount,
    try_cast(created_at as timestamp) as created_at,
    try_cast(closed_at as timestamp) as closed_at,
    try_cast(modified_at as timestamp) as modified_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
