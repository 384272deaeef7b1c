-- By source, kind and currency, the timeline has as many rows and as much money as the
-- sources.
{{ config(meta={'dagster': {'ref': {'name': 'timeline'}}}) }}
with
told as (
    select
        source_name,
        case
            when event_id like 'deal closed:%' then 'closed'
            when channel in ('web', 'consent') then channel
            when event_id like 'touch:%' then 'touch'
            else event_type
        end as kind,
        currency,
        count(*) as event_count,
        sum(amount) as amount
    from {{ ref('timeline') }}
    where event_type <> 'deal stage changed' and channel <> 'consent'
    group by 1, 2, 3
),

counted as (
    {%- for kind, relation, amount, at, condition in [
        ('order placed', 'conformed__orders', 'total_amount', 'ordered_at', 'true'),
        ('deal created', 'conformed__deals', 'deal_amount', 'created_at', 'true'),
        ('closed', 'conformed__deals', 'deal_amount', 'closed_at',
            "state in ('won', 'lost') and closed_at is not null"),
        ('ticket opened', 'conformed__tickets', none, 'created_at', 'true'),
        ('ticket closed', 'conformed__tickets', none, 'closed_at',
            'closed_at is not null'),
        ('touch', 'conformed__touches', none, 'occurred_at', 'true'),
        ('order refunded', 'conformed__refunds', '-refund_amount', 'refunded_at',
            'coalesce(is_final, true)'),
        ('subscription started', 'conformed__subscriptions', 'monthly_amount',
            'started_at', 'true'),
    ] %}
    {{ 'union all' if not loop.first }}
    select
        source_name,
        '{{ kind }}' as kind,
        {% if amount -%}
        case when {{ amount }} is not null then currency end as currency,
        count(*) as event_count,
        sum({{ money(amount) }}) as amount
        {%- else -%}
        cast(null as string) as currency,
        count(*) as event_count,
        cast(null as decimal(38, 2)) as amount
        {%- endif %}
    from {{ ref(relation) }}
    where {{ condition }} and coalesce({{ at }} < {{ end_of_day(as_of()) }}, true)
    group by 1, 2, 3
    {%- endfor %}
)

select
    counted.source_name,
    counted.kind,
    counted.currency,
    counted.event_count,
    told.event_count as told_count,
    counted.amount,
    told.amount as told_amount
from counted
left join told
    on
        counted.source_name = told.source_name
        and counted.kind = told.kind
        and coalesce(counted.currency, '') = coalesce(told.currency, '')
where
    counted.event_count <> coalesce(told.event_count, 0)
    or coalesce(counted.amount, 0) <> coalesce(told.amount, 0)
