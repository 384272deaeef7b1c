-- By customer, what customers says of tickets is the sum of those that it asked for,
-- and the bridge names the same one.
{{ config(meta={'dagster': {'ref': {'name': 'customers'}}}) }}
with
customers as (
    select * from {{ ref('customers') }}
),

tickets as (
    select
        customer_id,
        count(*) as ticket_count,
        count_if(is_open) as open_ticket_count,
        count_if(is_open and is_complaint) as open_complaint_count
    from {{ ref('tickets') }}
    where customer_id is not null
    group by customer_id
),

primaries as (
    select
        customer_id,
        count(*) as ticket_count
    from {{ ref('ticket_contacts') }}
    where is_primary
    group by customer_id
)

select
    coalesce(customers.customer_id, tickets.customer_id) as customer_id,
    customers.ticket_count,
    tickets.ticket_count as own_count,
    primaries.ticket_count as primary_count
from customers
full outer join tickets on customers.customer_id = tickets.customer_id
left join primaries on customers.customer_id = primaries.customer_id
where
    customers.customer_id is null
    or customers.ticket_count <> coalesce(tickets.ticket_count, 0)
    or customers.ticket_count <> coalesce(primaries.ticket_count, 0)
    or customers.open_ticket_count <> coalesce(tickets.open_ticket_count, 0)
    or customers.open_complaint_count <> coalesce(tickets.open_complaint_count, 0)
