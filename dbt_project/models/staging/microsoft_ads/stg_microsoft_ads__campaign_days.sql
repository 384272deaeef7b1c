-- One row per campaign and day, as last downloaded.
with
dated as (
    select
        *,
        try_cast(day as date) as active_on,
        -- A report without ids knows its campaigns by their names.
        coalesce(campaign_id, 'name:' || trim(campaign_name)) as campaign_key
    from {{ source('raw_microsoft_ads', 'campaigns') }}
),

daily as (
    select * from dated
    where active_on is not null
),

-- The newest file wins, with all its rows: one an ad group, or one a device.
campaigns as (
    {{ current_rows('daily', ['active_on', 'campaign_key'], keep='file') }}
)

select
    active_on,
    campaign_key as campaign_id,
    max(campaign_name) as campaign_name,
    max(campaign_type) as campaign_type,
    upper(max(currency)) as currency,
    cast(sum(try_cast(impressions as bigint)) as bigint) as impression_count,
    cast(sum(try_cast(clicks as bigint)) as bigint) as click_count,
    cast(sum(try_cast(cost as decimal(18, 6))) as decimal(38, 6)) as cost_amount,
    cast(sum(try_cast(conversions as decimal(18, 6))) as decimal(38, 6))
        as conversion_count,
    cast(sum(try_cast(conversion_value as decimal(18, 6))) as decimal(38, 6))
        as conversion_amount,
    max(_file_id) as _file_id,
    min(_line) as _line,
    max(_load_id) as _load_id
from campaigns
group by active_on, campaign_key
