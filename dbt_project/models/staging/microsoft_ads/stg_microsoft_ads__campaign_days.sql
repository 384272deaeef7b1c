-- One row per campaign and day, as last downloaded.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

campaigns as (
    select * from {{ source('raw_microsoft_ads', 'campaigns') }}
),

dated as (
    select
        campaigns.*,
        try_cast(campaigns.day as date) as active_on,
        files.path as file_path
    from campaigns
    inner join files
        on campaigns._file_id = files.file_id and campaigns._load_id = files.load_id
),

delivered as (
    select
        *,
        file_path = max(file_path) over (partition by active_on, campaign_id)
            as is_newest
    from dated
    where active_on is not null
)

select
    active_on,
    campaign_id,
    max(campaign_name) as campaign_name,
    max(campaign_type) as campaign_type,
    upper(max(currency)) as currency,
    cast(sum(try_cast(impressions as bigint)) as bigint) as impression_count,
    cast(sum(try_cast(clicks as bigint)) as bigint) as click_count,
    cast(sum(try_cast(cost as decimal(18, 6))) as decimal(18, 2)) as cost_amount,
    cast(sum(try_cast(conversions as decimal(18, 6))) as decimal(18, 2))
        as conversion_count,
    cast(sum(try_cast(conversion_value as decimal(18, 6))) as decimal(18, 2))
        as conversion_amount,
    max(_file_id) as _file_id,
    min(_line) as _line,
    max(_load_id) as _load_id
from delivered
-- The newest file wins, with all its rows: one an ad group, or one a device.
where is_newest
group by active_on, campaign_id
