-- One row per ticket of HubSpot, as last exported.
with
tickets as (
    select
        *,
        {{ record_list('hubspot.contact', 'contact_ids') }} as contact_list
    from {{ ref('stg_hubspot__tickets') }}
    where is_current and not is_deleted
),

merged_away as (
    select * from {{ ref('stg_hubspot__merges') }}
    where object_type = 'ticket'
)

select
    tickets.ticket_id,
    split_part(tickets.contact_list, ';', 1) as record_id,
    {{ after_first('tickets.contact_list') }} as other_record_ids,
    {{ record_list('hubspot.company', 'tickets.company_ids') }} as company_record_id,
    tickets.ticket_name,
    tickets.pipeline,
    tickets.ticket_status as status,
    case
        when tickets.is_closed then 'closed'
        when not tickets.is_closed then 'open'
        -- The ids of the stages of HubSpot's first pipeline.
        when tickets.ticket_status in ('1', '3') then 'open'
        when tickets.ticket_status = '2' then 'pending'
        when tickets.ticket_status = '4' then 'closed'
    end as state,
    tickets.priority,
    tickets.category,
    null as is_complaint,
    tickets.channel,
    tickets.owner as owner_name,
    null as first_reply_seconds,
    null as reply_count,
    null as reopen_count,
    null as satisfaction,
    tickets.created_at,
    tickets.closed_at,
    tickets.modified_at as changed_at,
    tickets._file_id as file_id,
    tickets._line as line
from tickets
left join merged_away on tickets.ticket_id = merged_away.merged_id
where merged_away.merged_id is null
