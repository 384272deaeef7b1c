-- One row per ticket and customer who takes part in it.
with
tickets as (
    select * from {{ ref('conformed__tickets') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

contacts as (
    select
        source_name,
        ticket_id,
        record_id,
        true as is_primary
    from tickets
    union all
    select
        tickets.source_name,
        tickets.ticket_id,
        part.item as record_id,
        false as is_primary
    from tickets
    {{ split_rows('tickets.other_record_ids', ';', 'part') }}
)

select
    contacts.source_name,
    contacts.ticket_id,
    customer_ids.customer_id,
    bool_or(contacts.is_primary) as is_primary,
    cast(count(*) as bigint) as contact_count
from contacts
inner join customer_ids on contacts.record_id = customer_ids.record_id
group by contacts.source_name, contacts.ticket_id, customer_ids.customer_id
