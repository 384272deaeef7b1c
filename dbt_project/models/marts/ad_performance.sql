-- One row per advertising network, campaign and day.
with
ad_costs as (
    select * from {{ ref('conformed__ad_costs') }}
),

rates as (
    select * from {{ ref('currency_days') }}
),

priced as (
    select
        ad_costs.*,
        {{ reporting_rate('ad_costs.currency') }} as rate
    from ad_costs
    left join rates
        on
            ad_costs.currency = rates.currency
            and ad_costs.active_on = rates.rated_on
)

select
    source_name,
    campaign_id,
    active_on,
    campaign_name,
    campaign_type,
    currency,
    {{ money('cost_amount') }} as cost_amount,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('cost_amount * rate') }} as reporting_cost_amount,
    impression_count,
    click_count,
    cast(conversion_count as decimal(18, 2)) as claimed_conversion_count,
    {{ money('conversion_amount') }} as claimed_conversion_amount,
    {{ money('conversion_amount * rate') }} as reporting_claimed_conversion_amount,
    cast(click_count as double) / nullif(impression_count, 0) as click_rate,
    {{ money('cost_amount / nullif(cast(click_count as double), 0)') }}
        as cost_per_click_amount,
    file_id
from priced
