-- The tickets by customer are the tickets and those who take part in them.
with
customers as (
    select
        coalesce(sum(ticket_count), 0) as ticket_count,
        coalesce(sum(open_ticket_count), 0) as open_ticket_count,
        coalesce(sum(open_complaint_count), 0) as open_complaint_count
    from {{ ref('customers') }}
),

tickets as (
    select
        count(*) as ticket_count,
        count_if(tickets.is_open) as open_ticket_count,
        count_if(tickets.is_open and tickets.is_complaint) as open_complaint_count
    from {{ ref('ticket_contacts') }} as ticket_contacts
    inner join {{ ref('tickets') }} as tickets
        on
            ticket_contacts.source_name = tickets.source_name
            and ticket_contacts.ticket_id = tickets.ticket_id
)

select
    customers.ticket_count,
    tickets.ticket_count as part_count
from customers
cross join tickets
where
    customers.ticket_count <> tickets.ticket_count
    or customers.open_ticket_count <> tickets.open_ticket_count
    or customers.open_complaint_count <> tickets.open_complaint_count
