-- One row per record whose customer id changed, and night it changed in.
with
customer_ids as (
    select * from {{ ref('customer_ids') }}
),

registry as (
    select * from {{ source('registry', 'customer_ids') }}
    where as_of < {{ as_of() }}
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
    where customer_id is distinct from previous_customer_id
)

select
    record_id,
    customer_id,
    lag(customer_id)
        over (partition by record_id order by as_of asc)
        as previous_customer_id,
    as_of as changed_on
from every_change
