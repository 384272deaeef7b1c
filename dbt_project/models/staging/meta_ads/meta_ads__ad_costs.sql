-- One row per campaign of Meta and day, as last downloaded.
with
campaign_days as (
    select * from {{ ref('stg_meta_ads__campaign_days') }}
)

select
    campaign_id,
    active_on,
    campaign_name,
    null as campaign_type,
    currency,
    cost_amount,
    impression_count,
    click_count,
    result_count as conversion_count,
    null as conversion_amount,
    _file_id as file_id,
    _line as line
from campaign_days
