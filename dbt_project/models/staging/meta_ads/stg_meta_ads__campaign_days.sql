-- One row per campaign and day, as last downloaded; the report's own totals left out.
with
dated as (
    select
        *,
        try_cast(coalesce(day, reporting_starts) as date) as active_on,
        -- A report without ids knows its campaigns by their names.
        coalesce(campaign_id, 'name:' || trim(campaign_name)) as campaign_key
    from {{ source('raw_meta_ads', 'campaigns') }}
),

daily as (
    select * from dated
    where active_on is not null and campaign_key is not null
),

-- The newest file wins, with all its rows: one an ad set, or one an ad.
campaigns as (
    {{ current_rows('daily', ['active_on', 'campaign_key'], keep='file') }}
)

select
    active_on,
    campaign_key as campaign_id,
    max(campaign_name) as campaign_name,
    upper(max(currency)) as currency,
    cast(sum(try_cast(impressions as bigint)) as bigint) as impression_count,
    -- The people reached by several ad sets are not the sum of them.
    case when count(*) = 1 then max(try_cast(reach as bigint)) end as reach_count,
    cast(sum(try_cast(link_clicks as bigint)) as bigint) as click_count,
    cast(sum(try_cast(amount_spent as decimal(18, 6))) as decimal(38, 6))
        as cost_amount,
    cast(sum(try_cast(results as decimal(18, 6))) as decimal(38, 6)) as result_count,
    max(_file_id) as _file_id,
    min(_line) as _line,
    max(_load_id) as _load_id
from campaigns
group by active_on, campaign_key
