-- One row per customer with a ticket: how many, and how they stand.
with
tickets as (
    select * from {{ ref('tickets') }}
),

-- All who take part in a ticket have it, and each has it once.
ticket_contacts as (
    select * from {{ ref('ticket_contacts') }}
)

select
    ticket_contacts.customer_id,
    count(*) as ticket_count,
    count_if(tickets.is_open) as open_ticket_count,
    count_if(tickets.is_open and tickets.is_complaint) as open_complaint_count,
    cast(sum(tickets.resolution_seconds) as double)
    / nullif(count(tickets.resolution_seconds), 0) as average_resolution_seconds,
    max(tickets.created_at) as last_ticket_at
from ticket_contacts
inner join tickets
    on
        ticket_contacts.source_name = tickets.source_name
        and ticket_contacts.ticket_id = tickets.ticket_id
group by ticket_contacts.customer_id
