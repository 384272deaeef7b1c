-- One row per record and time in which it belonged to one customer.
with
customer_ids as (
    select * from {{ ref('customer_ids') }}
),

registry as (
    select * from {{ source('registry', 'customer_ids') }}
    where as_of < {{ as_of() }}
),

last_labels as (
    select
        record_id,
        customer_id,
        row_number() over (partition by record_id order by as_of desc nulls last)
            as age_rank
    from registry
),

every_change as (
    select
        record_id,
        customer_id,
        as_of
    from registry
    union all
    select
        record_id,
        customer_id,
        {{ as_of() }} as as_of
    from customer_ids
    union all
    -- Records that no source delivers any more.
    select
        last_labels.record_id,
        null as customer_id,
        {{ as_of() }} as as_of
    from last_labels
    left join customer_ids on last_labels.record_id = customer_ids.record_id
    where
        last_labels.age_rank = 1
        and last_labels.customer_id is not null
        and customer_ids.record_id is null
),

compared as (
    select
        *,
        lag(customer_id) over (partition by record_id order by as_of asc)
            as earlier_customer_id
    from every_change
),

intervals as (
    select
        record_id,
        customer_id,
        as_of as valid_from_on,
        lead(as_of) over (partition by record_id order by as_of asc) as valid_to_on
    from compared
    where customer_id is distinct from earlier_customer_id
)

select
    record_id,
    customer_id,
    valid_from_on,
    valid_to_on
from intervals
where customer_id is not null
