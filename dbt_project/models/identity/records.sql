-- One row per record: what one source knows of someone under one key.
with
records as (
    select * from {{ ref('int_identity__records') }}
),

registry as (
    select * from {{ source('registry', 'record_keys') }}
),

last_key as (
    select coalesce(max(record_key), 0) as record_key from registry
),

-- A key is given once, in the order of appearance, and never again.
numbered as (
    select
        records.record_id,
        last_key.record_key + row_number() over (
            order by records.first_seen_at asc nulls last, records.record_id asc
        ) as record_key
    from records
    cross join last_key
    left join registry on records.record_id = registry.record_id
    where registry.record_id is null
)

select
    records.record_id,
    cast(coalesce(registry.record_key, numbered.record_key) as bigint) as record_key,
    records.source_name,
    records.record_type,
    records.source_key,
    records.first_seen_at,
    records.last_seen_at
from records
left join registry on records.record_id = registry.record_id
left join numbered on records.record_id = numbered.record_id
