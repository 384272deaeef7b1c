-- One row per deal, as last delivered.
with
given as (
    {{ given('deals', added=['record_key'], at='created_at') }}
),

record_keys as (
    select * from {{ ref('record_keys') }}
),

-- What a stage means is known from the deals in it of which the source itself says it.
known_stages as (
    select
        source_name,
        pipeline,
        stage,
        min(state) as state
    from given
    group by source_name, pipeline, stage
    having min(state) = max(state)
),

named as (
    {{ named_state('given', 'deal', 'stage', 'pipeline') }}
),

judged as (
    select
        named.*,
        coalesce(
            named.state,
            known_stages.state,
            named.named_state,
            -- What is planned to close after its last change was not closed by it.
            case
                when named.closed_at is null then 'open'
                when named.closed_at > named.changed_at then 'open'
                when named.closed_at >= {{ end_of_day(as_of()) }} then 'open'
                else 'unmapped'
            end
        ) as judged_state
    from named
    left join known_stages
        on
            named.source_name = known_stages.source_name
            and named.pipeline is not distinct from known_stages.pipeline
            and named.stage = known_stages.stage
)

select
    judged.source_name,
    judged.deal_id,
    judged.record_id,
    judged.other_record_ids,
    judged.company_record_id,
    judged.deal_name,
    judged.pipeline,
    judged.stage,
    judged.judged_state as state,
    judged.owner_name,
    judged.deal_type,
    judged.lead_source,
    judged.currency,
    judged.deal_amount,
    judged.probability_rate,
    judged.lost_reason,
    judged.created_at,
    case
        when judged.judged_state in ('won', 'lost') then judged.closed_at
    end as closed_at,
    coalesce(
        judged.expected_close_on, case
            when judged.judged_state not in ('won', 'lost')
                then {{ business_day('judged.closed_at') }}
        end
    ) as expected_close_on,
    judged.changed_at,
    judged.file_id,
    judged.line,
    record_keys.record_key
from judged
left join record_keys on judged.record_id = record_keys.record_id
