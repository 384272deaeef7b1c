-- One row per advertising network, campaign and day.
with
google as (
    select * from {{ ref('stg_google_ads__campaign_days') }}
),

meta as (
    select * from {{ ref('stg_meta_ads__campaign_days') }}
),

linkedin as (
    select * from {{ ref('stg_linkedin_ads__campaign_days') }}
),

microsoft as (
    select * from {{ ref('stg_microsoft_ads__campaign_days') }}
),

days as (
    select
        'google_ads' as source_name,
        campaign_id,
        campaign_name,
        currency,
        cost_amount,
        impression_count,
        click_count,
        conversion_count,
        active_on
    from google
    union all
    select
        'meta_ads' as source_name,
        campaign_id,
        campaign_name,
        currency,
        cost_amount,
        impression_count,
        click_count,
        result_count as conversion_count,
        active_on
    from meta
    union all
    select
        'linkedin_ads' as source_name,
        campaign_id,
        campaign_name,
        currency,
        cost_amount,
        impression_count,
        click_count,
        conversion_count,
        active_on
    from linkedin
    union all
    select
        'microsoft_ads' as source_name,
        campaign_id,
        campaign_name,
        currency,
        cost_amount,
        impression_count,
        click_count,
        conversion_count,
        active_on
    from microsoft
)

select
    source_name,
    campaign_id,
    active_on,
    campaign_name,
    currency,
    cost_amount,
    impression_count,
    click_count,
    -- As the network claims them: two networks may claim the same order.
    conversion_count as claimed_conversion_count,
    cast(click_count as double) / nullif(impression_count, 0) as click_rate,
    -- By way of six places: half a cent is then rounded up, on every engine.
    cast(
        cast(cost_amount / nullif(cast(click_count as double), 0) as decimal(18, 6))
        as decimal(18, 2)
    ) as cost_per_click_amount
from days
