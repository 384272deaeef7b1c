-- One row per advertising campaign and day, as last downloaded.
with
given as (
    {{ given('ad_costs', at='active_on') }}
)

select
    source_name,
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
    file_id,
    line
from given
