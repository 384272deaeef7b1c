-- One row per support ticket.
with
tickets as (
    select * from {{ ref('stg_hubspot__tickets') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

contacts as (
    select
        ticket_id,
        trim(split_part(contact_ids, ';', 1)) as contact_id
    from tickets
)

select
    tickets.ticket_id,
    customer_ids.customer_id,
    contacts.contact_id,
    tickets.pipeline,
    tickets.ticket_status,
    tickets.priority,
    tickets.category,
    tickets.channel,
    tickets.owner,
    lower(tickets.ticket_status) <> 'closed' as is_open,
    lower(coalesce(tickets.category, '')) = 'complaint' as is_complaint,
    case
        when lower(tickets.ticket_status) = 'closed'
            then cast(
                {{ epoch_seconds('tickets.closed_at') }}
                - {{ epoch_seconds('tickets.created_at') }} as bigint
            )
    end as resolution_seconds,
    tickets.created_at,
    tickets.closed_at
from tickets
left join contacts on tickets.ticket_id = contacts.ticket_id
left join
    customer_ids
    on 'hubspot.contact:' || contacts.contact_id = customer_ids.record_id
