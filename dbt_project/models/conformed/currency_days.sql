-- One row per currency and day on which its exchange rate is known.
with
rates as (
    select
        upper(trim(currency_code)) as currency,
        rate_to_eur,
        valid_from,
        lead(valid_from) over (
            partition by upper(trim(currency_code)) order by valid_from asc
        ) as next_valid_from
    from {{ ref('exchange_rates') }}
),

-- A rate holds until the next one. Days to come are for what is planned.
periods as (
    select
        currency,
        rate_to_eur,
        valid_from,
        coalesce(next_valid_from - 1, {{ as_of() }} + 366) as valid_to
    from rates
    where rate_to_eur > 0 and valid_from <= {{ as_of() }} + 366
),

days as (
    select
        periods.currency,
        periods.rate_to_eur,
        cast(days.item as date) as rated_on
    from periods
    {{ day_rows('periods.valid_from', 'periods.valid_to', 'days') }}
),

reporting_days as (
    select * from days
    where currency = '{{ var("reporting_currency") }}'
)

select
    days.currency,
    days.rated_on,
    case
        when days.currency = '{{ var("reporting_currency") }}' then 1
        else days.rate_to_eur / nullif(reporting_days.rate_to_eur, 0)
    end as reporting_rate
from days
inner join reporting_days on days.rated_on = reporting_days.rated_on
