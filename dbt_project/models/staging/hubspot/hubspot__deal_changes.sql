-- One row per deal of HubSpot and export that shows it in a new state.
with
deals as (
    select * from {{ ref('stg_hubspot__deals') }}
)

select
    deal_id,
    coalesce(modified_at, created_at) as changed_at,
    deal_stage as stage,
    case
        when is_closed_won then 'won'
        when is_closed_lost then 'lost'
        when is_closed and not is_closed_won then 'lost'
        when not is_closed then 'open'
        when not is_closed_won and not is_closed_lost then 'open'
        -- HubSpot gives 100 % to what is won, 0 % to what is lost, to nothing else.
        when probability_rate = 1 then 'won'
        when probability_rate = 0 then 'lost'
        when probability_rate > 0 then 'open'
    end as state,
    owner as owner_name,
    currency,
    deal_amount,
    probability_rate,
    {{ business_day('closed_at') }} as expected_close_on,
    delivery_number,
    _file_id as file_id,
    _line as line
from deals
