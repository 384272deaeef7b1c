-- One row per piece of evidence without which its customer's revenue would be parted.
with
bridges as (
    select * from {{ ref('int_identity__bridges') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
)

select
    cast(
        row_number() over (
            order by
                bridges.revenue_amount desc,
                bridges.record_id_a asc,
                bridges.record_id_b asc,
                bridges.rule asc,
                bridges.identifier_hash asc nulls last
        ) as bigint
    ) as rank,
    customer_ids.customer_id,
    bridges.record_id_a,
    bridges.record_id_b,
    bridges.rule,
    bridges.identifier_hash,
    bridges.revenue_amount,
    '{{ var("reporting_currency") }}' as currency
from bridges
inner join customer_ids on bridges.record_id_a = customer_ids.record_id
