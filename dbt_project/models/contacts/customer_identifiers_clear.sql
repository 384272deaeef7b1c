-- One row per customer and identifier, readable.
{{ config(alias='customer_identifiers') }}

with
identifiers as (
    select * from {{ ref('identifiers') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

-- Of what was deleted in its source nothing is handed out.
records as (
    select * from {{ ref('records') }}
    where not is_gone
)

select
    customer_ids.customer_id,
    identifiers.identifier_kind,
    identifiers.identifier_value,
    max(identifiers.last_seen_at) as last_seen_at
from identifiers
inner join records on identifiers.record_key = records.record_key
inner join customer_ids on identifiers.record_id = customer_ids.record_id
where
    identifiers.status in ('used', 'phone without a name', 'split by decision')
group by
    customer_ids.customer_id,
    identifiers.identifier_kind,
    identifiers.identifier_value
