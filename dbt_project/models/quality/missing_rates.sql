-- One row per currency, concept and source with amounts for which no rate is known.
{%- set amounts = {
    'orders': ['total_amount', business_day('ordered_at')],
    'refunds': ['refund_amount', business_day('refunded_at')],
    'payments': ['payment_amount', business_day('paid_at')],
    'subscriptions': ['monthly_amount', as_of()],
    'deals': ['deal_amount', business_day('coalesce(closed_at, created_at)')],
    'ad_costs': ['cost_amount', 'active_on'],
} %}
with
amounts as (
    {%- for concept, (amount, day) in amounts.items() %}
    select
        '{{ concept }}' as concept,
        source_name,
        currency,
        {{ amount }} as amount,
        {{ day }} as happened_on
    from {{ ref('conformed__' ~ concept) }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

rates as (
    select * from {{ ref('currency_days') }}
)

select
    coalesce(amounts.currency, '(none)') as currency,
    amounts.concept,
    amounts.source_name,
    count(*) as row_count,
    {{ money('sum(amounts.amount)') }} as unconverted_amount,
    min(amounts.happened_on) as first_on,
    max(amounts.happened_on) as last_on
from amounts
left join rates
    on amounts.currency = rates.currency and amounts.happened_on = rates.rated_on
where
    rates.currency is null
    and amounts.amount <> 0
    and coalesce(amounts.currency <> '{{ var("reporting_currency") }}', true)
group by amounts.currency, amounts.concept, amounts.source_name
