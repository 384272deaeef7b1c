-- An amount in the reporting currency itself is shown as it is; one is null only where
-- its currency has no rate on its day.
{{ config(meta={'dagster': {'ref': {'name': 'timeline'}}}) }}
select
    timeline.source_name,
    timeline.event_id
from {{ ref('timeline') }} as timeline
left join {{ ref('currency_days') }} as rates
    on
        timeline.currency = rates.currency
        and {{ business_day('timeline.occurred_at') }} = rates.rated_on
where
    timeline.amount is not null
    and (
        timeline.currency = timeline.reporting_currency
        and coalesce(timeline.reporting_amount <> timeline.amount, true)
        or (timeline.reporting_amount is null)
        <> (rates.currency is null and timeline.currency <> timeline.reporting_currency)
    )
