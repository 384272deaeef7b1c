-- One row per ticket of HubSpot and export that shows it.
with
tickets as (
    select * from {{ ref('stg_hubspot__tickets') }}
)

select
    ticket_id,
    coalesce(modified_at, created_at) as changed_at,
    ticket_status as status,
    case
        when is_closed then 'closed'
        when not is_closed then 'open'
        -- The ids of the stages of HubSpot's first pipeline.
        when ticket_status in ('1', '3') then 'open'
        when ticket_status = '2' then 'pending'
        when ticket_status = '4' then 'closed'
    end as state,
    delivery_number,
    _file_id as file_id,
    _line as line
from tickets
