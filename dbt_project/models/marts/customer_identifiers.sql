-- One row per customer and identifier, hashed.
with
identifiers as (
    select * from {{ ref('identifiers') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

records as (
    select * from {{ ref('records') }}
)

select
    customer_ids.customer_id,
    identifiers.identifier_kind,
    identifiers.identifier_hash,
    cast(count(*) as bigint) as record_count,
    -- Found by, but not reached by: only deleted records have it.
    bool_and(records.is_gone) as is_gone,
    min(identifiers.first_seen_at) as first_seen_at,
    max(identifiers.last_seen_at) as last_seen_at
from identifiers
inner join records on identifiers.record_key = records.record_key
inner join customer_ids on identifiers.record_id = customer_ids.record_id
where
    identifiers.status in ('used', 'phone without a name', 'split by decision')
group by
    customer_ids.customer_id,
    identifiers.identifier_kind,
    identifiers.identifier_hash
