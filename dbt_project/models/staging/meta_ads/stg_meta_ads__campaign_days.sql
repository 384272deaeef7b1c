-- One row per campaign and day, as last downloaded; the report's own totals left out.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

campaigns as (
    select * from {{ source('raw_meta_ads', 'campaigns') }}
),

delivered as (
    select
        campaigns.*,
        row_number() over (
            partition by campaigns.day, campaigns.campaign_id
            order by files.path desc, campaigns._line desc
        ) as version_rank
    from campaigns
    inner join files
        on campaigns._file_id = files.file_id and campaigns._load_id = files.load_id
    where campaigns.day not like 'Total%'
)

select
    cast(day as date) as active_on,
    campaign_id,
    campaign_name,
    upper(currency) as currency,
    try_cast(replace(nullif(trim(impressions), '--'), ',', '') as bigint)
        as impression_count,
    try_cast(replace(nullif(trim(reach), '--'), ',', '') as bigint) as reach_count,
    try_cast(replace(nullif(trim(link_clicks), '--'), ',', '') as bigint)
        as click_count,
    try_cast(replace(nullif(trim(amount_spent), '--'), ',', '') as decimal(18, 2))
        as cost_amount,
    try_cast(replace(nullif(trim(results), '--'), ',', '') as decimal(18, 2))
        as result_count,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
