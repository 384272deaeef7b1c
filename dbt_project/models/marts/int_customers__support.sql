-- One row per customer with a ticket: how many, and how they stand.
with
-- A ticket is theirs who asked, so that customers add up to the tickets; the others who
-- take part in it are in ticket_contacts.
tickets as (
    select * from {{ ref('tickets') }}
    where customer_id is not null
)

select
    customer_id,
    count(*) as ticket_count,
    count_if(is_open) as open_ticket_count,
    count_if(is_open and is_complaint) as open_complaint_count,
    cast(sum(resolution_seconds) as double)
    / nullif(count(resolution_seconds), 0) as average_resolution_seconds,
    max(created_at) as last_ticket_at
from tickets
group by customer_id
