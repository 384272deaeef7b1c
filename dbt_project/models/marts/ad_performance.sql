-- One row per advertising network, campaign and day.
with
ad_costs as (
    select * from {{ ref('conformed__ad_costs') }}
),

rates as (
    select
        *,
        coalesce(
            lead(valid_from) over (partition by currency_code order by valid_from asc),
            cast('9999-12-31' as date)
        ) as valid_to
    from {{ ref('exchange_rates') }}
),

priced as (
    select
        ad_costs.*,
        case
            when ad_costs.currency = '{{ var("reporting_currency") }}' then 1
            else rates.rate_to_eur / nullif(target_rates.rate_to_eur, 0)
        end as rate
    from ad_costs
    left join rates
        on
            ad_costs.currency = rates.currency_code
            and ad_costs.active_on >= rates.valid_from
            and ad_costs.active_on < rates.valid_to
    left join rates as target_rates
        on
            target_rates.currency_code = '{{ var("reporting_currency") }}'
            and ad_costs.active_on >= target_rates.valid_from
            and ad_costs.active_on < target_rates.valid_to
)

select
    source_name,
    campaign_id,
    active_on,
    campaign_name,
    campaign_type,
    currency,
    cast(cost_amount as decimal(18, 2)) as cost_amount,
    '{{ var("reporting_currency") }}' as reporting_currency,
    cast(cast(cost_amount * rate as decimal(18, 6)) as decimal(18, 2))
        as reporting_cost_amount,
    impression_count,
    click_count,
    cast(conversion_count as decimal(18, 2)) as claimed_conversion_count,
    cast(conversion_amount as decimal(18, 2)) as claimed_conversion_amount,
    cast(cast(conversion_amount * rate as decimal(18, 6)) as decimal(18, 2))
        as reporting_claimed_conversion_amount,
    cast(click_count as double) / nullif(impression_count, 0) as click_rate,
    -- By way of six places: half a cent is then rounded up, on every engine.
    cast(
        cast(cost_amount / nullif(cast(click_count as double), 0) as decimal(18, 6))
        as decimal(18, 2)
    ) as cost_per_click_amount
from priced
