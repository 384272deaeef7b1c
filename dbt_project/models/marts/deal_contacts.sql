-- One row per deal and customer who takes part in it.
with
deals as (
    select * from {{ ref('conformed__deals') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

contacts as (
    select
        source_name,
        deal_id,
        record_id,
        true as is_primary
    from deals
    union all
    select
        deals.source_name,
        deals.deal_id,
        part.item as record_id,
        false as is_primary
    from deals
    {{ split_rows('deals.other_record_ids', ';', 'part') }}
)

select
    contacts.source_name,
    contacts.deal_id,
    customer_ids.customer_id,
    bool_or(contacts.is_primary) as is_primary,
    cast(count(*) as bigint) as contact_count
from contacts
inner join customer_ids on contacts.record_id = customer_ids.record_id
group by contacts.source_name, contacts.deal_id, customer_ids.customer_id
