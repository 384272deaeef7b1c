-- One row per state of a deal that differs from the one before it.
with
given as (
    {{ given('deal_changes', at='changed_at') }}
),

deals as (
    select * from {{ ref('conformed__deals') }}
),

-- The history of deals that count; a deal that was deleted takes its own with it.
placed as (
    select
        given.*,
        deals.pipeline
    from given
    inner join deals
        on given.source_name = deals.source_name and given.deal_id = deals.deal_id
),

known_stages as (
    select
        source_name,
        pipeline,
        stage,
        min(state) as state
    from deals
    where state <> 'unmapped'
    group by source_name, pipeline, stage
    having min(state) = max(state)
),

named as (
    {{ named_state('placed', 'deal', 'stage', 'pipeline') }}
),

judged as (
    select
        named.*,
        coalesce(
            named.state,
            known_stages.state,
            named.named_state,
            case
                when named.expected_close_on is null then 'open'
                when named.expected_close_on > {{ business_day('named.changed_at') }}
                    then 'open'
                else 'unmapped'
            end
        ) as judged_state
    from named
    left join known_stages
        on
            named.source_name = known_stages.source_name
            and named.pipeline is not distinct from known_stages.pipeline
            and named.stage = known_stages.stage
),

-- An export that shows nothing new is no change.
compared as (
    select
        *,
        lag(stage) over deal as earlier_stage,
        lag(judged_state) over deal as earlier_state,
        lag(owner_name) over deal as earlier_owner_name,
        lag(deal_amount) over deal as earlier_amount,
        lag(expected_close_on) over deal as earlier_close_on,
        row_number() over deal as change_number
    from judged
    window deal as (
        partition by source_name, deal_id
        order by changed_at asc nulls first, delivery_number asc, line asc
    )
)

select
    source_name,
    deal_id,
    changed_at,
    stage,
    judged_state as state,
    owner_name,
    currency,
    deal_amount,
    probability_rate,
    expected_close_on,
    delivery_number,
    file_id,
    line
from compared
where
    change_number = 1
    or stage is distinct from earlier_stage
    or judged_state is distinct from earlier_state
    or owner_name is distinct from earlier_owner_name
    or deal_amount is distinct from earlier_amount
    or expected_close_on is distinct from earlier_close_on
