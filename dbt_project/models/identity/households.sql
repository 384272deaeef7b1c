-- One row per customer who shares a household with another customer.
with
signs as (
    select * from {{ ref('int_identity__household_signs') }}
),

grouped as (
    select * from {{ ref('int_identity__household_groups') }}
),

registry as (
    select * from {{ source('registry', 'customer_ids') }}
    where as_of < {{ as_of() }}
),

ages as (
    select
        customer_id,
        min(as_of) as born_on
    from registry
    group by customer_id
),

members as (
    select
        signs.customer_id,
        grouped.cluster_key,
        min(ages.born_on) as born_on,
        case
            when min(signs.reason) = max(signs.reason) then min(signs.reason)
            else 'same name and address, same card'
        end as reason
    from signs
    inner join grouped on signs.record_key = grouped.record_key
    left join ages on signs.customer_id = ages.customer_id
    group by signs.customer_id, grouped.cluster_key
)

-- The member known longest names the household, so that one who joins does not.
select
    customer_id,
    'h' || substr(md5(first_value(customer_id) over (
        partition by cluster_key
        order by born_on asc nulls last, customer_id asc
    )), 1, 20) as household_id,
    reason,
    cast(count(*) over (partition by cluster_key) as bigint) as customer_count
from members
