-- One row per ticket of Zendesk and export that shows it.
with
tickets as (
    select * from {{ ref('stg_zendesk__tickets') }}
    where not is_deleted
)

select
    ticket_id,
    coalesce(updated_at, created_at) as changed_at,
    ticket_status as status,
    case ticket_status
        when 'new' then 'open'
        when 'open' then 'open'
        when 'pending' then 'pending'
        when 'hold' then 'pending'
        when 'solved' then 'solved'
        when 'closed' then 'closed'
    end as state,
    delivery_number,
    _file_id as file_id,
    _line as line
from tickets
