-- One row per deal of a CRM.
with
deals as (
    select * from {{ ref('conformed__deals') }}
),

changes as (
    select * from {{ ref('conformed__deal_changes') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

rates as (
    select * from {{ ref('currency_days') }}
),

ordered as (
    select
        source_name,
        deal_id,
        stage,
        state,
        changed_at,
        lag(stage) over (
            partition by source_name, deal_id
            order by changed_at asc nulls first, delivery_number asc, line asc
        ) as earlier_stage,
        lag(state) over (
            partition by source_name, deal_id
            order by changed_at asc nulls first, delivery_number asc, line asc
        ) as earlier_state
    from changes
),

moves as (
    select
        source_name,
        deal_id,
        count_if(stage <> earlier_stage) as stage_change_count,
        count_if(state = 'open' and earlier_state in ('won', 'lost')) as reopen_count,
        max(case when stage <> earlier_stage then changed_at end)
            as last_stage_change_at
    from ordered
    group by source_name, deal_id
),

-- What is closed has the rate of its closing, what is open that of its last change.
rated as (
    select
        deals.*,
        {{ reporting_rate('deals.currency') }} as rate
    from deals
    left join rates
        on
            deals.currency = rates.currency
            and {{ business_day(
                'coalesce(deals.closed_at, deals.changed_at, deals.created_at)'
            ) }} = rates.rated_on
)

select
    rated.source_name,
    rated.deal_id,
    customer_ids.customer_id,
    rated.record_id,
    substr(rated.record_id, position(':' in rated.record_id) + 1) as contact_id,
    rated.pipeline,
    rated.stage as deal_stage,
    rated.state,
    rated.state = 'open' as is_open,
    rated.state = 'won' as is_won,
    rated.state = 'lost' as is_lost,
    rated.deal_type,
    rated.lead_source,
    cast(rated.probability_rate as double) as probability_rate,
    rated.currency,
    {{ money('rated.deal_amount') }} as deal_amount,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('rated.deal_amount * rated.rate') }} as reporting_deal_amount,
    cast(coalesce(moves.stage_change_count, 0) as bigint) as stage_change_count,
    cast(coalesce(moves.reopen_count, 0) as bigint) as reopen_count,
    -- Calendar days in the reporting time zone, not spans of 24 hours.
    cast({{ days_between(
        business_day('rated.created_at'), business_day('rated.closed_at')
    ) }} as bigint) as days_to_close,
    rated.expected_close_on,
    rated.created_at,
    rated.closed_at,
    moves.last_stage_change_at,
    rated.changed_at as modified_at,
    rated.file_id
from rated
left join customer_ids on rated.record_id = customer_ids.record_id
left join moves
    on
        rated.source_name = moves.source_name
        and rated.deal_id = moves.deal_id
