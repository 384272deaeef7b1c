-- One row per thing that happened with someone, in any source.
with
web as (
    select * from {{ ref('int_timeline__web') }}
),

money as (
    select * from {{ ref('int_timeline__money') }}
),

relations as (
    select * from {{ ref('int_timeline__relations') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

rates as (
    select * from {{ ref('currency_days') }}
),

everything as (
    {% for events in ['web', 'money', 'relations'] -%}
    {{ 'union all' if not loop.first }}
    select
        source_name,
        event_id,
        record_id,
        event_type,
        channel,
        subject,
        {{ 'session_id' if events == 'web' else 'cast(null as string) as session_id' }},
        currency,
        cast(amount as decimal(18, 4)) as amount,
        occurred_at
    from {{ events }}
    {% endfor -%}
)

select
    everything.source_name,
    everything.event_id,
    everything.record_id,
    customer_ids.customer_id,
    everything.event_type,
    everything.channel,
    -- A path or an id that holds an e-mail address is nobody's business.
    case when everything.subject not like '%@%' then everything.subject end as subject,
    everything.session_id,
    case when everything.amount is not null then everything.currency end as currency,
    {{ money('everything.amount') }} as amount,
    case when everything.amount is not null then '{{ var("reporting_currency") }}' end
        as reporting_currency,
    {{ money('everything.amount * ' ~ reporting_rate('everything.currency')) }}
        as reporting_amount,
    everything.occurred_at
from everything
left join customer_ids on everything.record_id = customer_ids.record_id
left join rates
    on
        everything.currency = rates.currency
        and {{ business_day('everything.occurred_at') }} = rates.rated_on
-- A closing that is planned has not happened.
where coalesce(everything.occurred_at < {{ end_of_day(as_of()) }}, true)
