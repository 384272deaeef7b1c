-- One row per change of an opportunity in Salesforce's history, else per export of it.
with
opportunities as (
    select * from {{ ref('stg_salesforce__opportunities') }}
    where not is_deleted
),

history as (
    select * from {{ ref('stg_salesforce__opportunity_history') }}
    where not is_deleted
),

told as (
    select distinct opportunity_id from history
)

select
    opportunity_id as deal_id,
    changed_at,
    stage,
    case lower(forecast_category) when 'closed' then 'won' end as state,
    null as owner_name,
    currency,
    opportunity_amount as deal_amount,
    probability_rate,
    close_on as expected_close_on,
    delivery_number,
    _file_id as file_id,
    _line as line
from history
union all
select
    opportunities.opportunity_id as deal_id,
    coalesce(opportunities.modified_at, opportunities.created_at) as changed_at,
    opportunities.stage,
    case
        when opportunities.is_won then 'won'
        when opportunities.is_closed and not opportunities.is_won then 'lost'
        when not opportunities.is_closed then 'open'
    end as state,
    null as owner_name,
    opportunities.currency,
    opportunities.opportunity_amount as deal_amount,
    opportunities.probability_rate,
    opportunities.close_on as expected_close_on,
    opportunities.delivery_number,
    opportunities._file_id as file_id,
    opportunities._line as line
from opportunities
left join told on opportunities.opportunity_id = told.opportunity_id
where told.opportunity_id is null
