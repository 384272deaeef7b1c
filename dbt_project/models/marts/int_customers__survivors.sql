-- One row per customer and attribute: the answer that survives, and the runner-up.
{%- set order %}
                score_1 desc nulls last,
                score_2 desc nulls last,
                score_3 desc nulls last,
                score_4 desc nulls last,
                record_id asc,
                value asc
{%- endset %}
with
answers as (
    select * from {{ ref('int_customers__answers') }}
),

survivorship as (
    select * from {{ ref('survivorship') }}
),

agreed as (
    select
        customer_id,
        attribute,
        value_key,
        cast(count(distinct source_name) as bigint) as source_count,
        cast(count(*) as double) as record_count
    from answers
    group by customer_id, attribute, value_key
),

-- Each rule as a number of which the greater is the better.
{%- set rules = {
    'most complete': 'cast(answers.completeness as double)',
    'source trust': '-cast(answers.trust as double)',
    'verified first': 'case when answers.is_verified then 1.0 else 0.0 end',
    'most recent': 'coalesce(cast(' ~ epoch_seconds('answers.observed_at') ~ ' as double), -1e18)',
    'most frequent': 'agreed.record_count',
} %}
-- noqa: disable=LT02,LT08
judged as (
    select
        answers.*,
        agreed.source_count,
        {%- for number in range(1, 5) %}
        survivorship.rule_{{ number }},
        case survivorship.rule_{{ number }}
            {%- for rule, score in rules.items() %}
            when '{{ rule }}' then {{ score }}
            {%- endfor %}
        end as score_{{ number }}{{ ',' if not loop.last }}
        {%- endfor %}
    from answers
    inner join agreed
        on
            answers.customer_id = agreed.customer_id
            and answers.attribute = agreed.attribute
            and answers.value_key = agreed.value_key
    inner join survivorship on answers.attribute = survivorship.attribute
),
-- noqa: enable=LT02,LT08

-- Of those who say the same, the best one says it.
spoken as (
    select
        *,
        row_number() over (
            partition by customer_id, attribute, value_key
            order by {{ order }}
        ) as speaker_rank
    from judged
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_id, attribute
            order by {{ order }}
        ) as value_rank
    from spoken
    where speaker_rank = 1
)

select
    winners.customer_id,
    winners.attribute,
    winners.value,
    winners.source_name,
    winners.record_id,
    case
        when losers.customer_id is null then 'only value'
        {%- for number in range(1, 5) %}
        when winners.score_{{ number }} <> losers.score_{{ number }}
            then winners.rule_{{ number }}
        {%- endfor %}
        else 'first record'
    end as rule,
    winners.observed_at,
    winners.source_count as agreeing_source_count,
    losers.value as runner_up_value,
    losers.source_name as runner_up_source_name,
    losers.customer_id is not null as is_contradicted,
    winners.street,
    winners.city,
    winners.postal_code,
    winners.state,
    winners.country_code,
    losers.street as runner_up_street,
    losers.city as runner_up_city,
    losers.postal_code as runner_up_postal_code,
    losers.state as runner_up_state,
    losers.country_code as runner_up_country_code
from ranked as winners
left join ranked as losers
    on
        winners.customer_id = losers.customer_id
        and winners.attribute = losers.attribute
        and losers.value_rank = 2
where winners.value_rank = 1
