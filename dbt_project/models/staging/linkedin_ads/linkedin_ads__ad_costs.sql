-- One row per campaign of LinkedIn and day, as last downloaded.
with
campaign_days as (
    select * from {{ ref('stg_linkedin_ads__campaign_days') }}
)

select
    campaign_id,
    active_on,
    campaign_name,
    campaign_type,
    currency,
    cost_amount,
    impression_count,
    click_count,
    conversion_count,
    conversion_amount,
    _file_id as file_id,
    _line as line
from campaign_days
