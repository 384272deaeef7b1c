-- One row per concept and source with facts that are dated after the night.
{%- set times = {
    'orders': 'ordered_at', 'refunds': 'refunded_at', 'payments': 'paid_at',
    'subscriptions': 'started_at', 'deals': 'created_at', 'deal_changes': 'changed_at',
    'tickets': 'created_at', 'ticket_changes': 'changed_at', 'touches': 'occurred_at',
    'consents': 'stated_at',
} %}
{%- set givers = [] %}
{%- for source, concepts in var('gives').items() %}
{%- for concept in concepts if concept in times %}
{%- do givers.append((source, concept)) %}
{%- endfor %}
{%- endfor %}
with
facts as (
    {%- for source, concept in givers %}
    select
        '{{ source }}' as source_name,
        '{{ concept }}' as concept,
        {{ times[concept] }} as happened_at
    from {{ ref(source ~ '__' ~ concept) }}
    {{- '\n    union all' if not loop.last }}
    {%- else %}
    select
        cast(null as string) as source_name,
        cast(null as string) as concept,
        cast(null as timestamp) as happened_at
    where false
    {%- endfor %}
)

select
    concept,
    source_name,
    count(*) as row_count,
    min(happened_at) as first_at,
    max(happened_at) as last_at
from facts
where happened_at >= {{ end_of_day(as_of()) }}
group by concept, source_name
