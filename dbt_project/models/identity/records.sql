-- One row per record: what one source knows of someone under one key.
with
record_keys as (
    select * from {{ ref('record_keys') }}
)

select
    record_id,
    record_key,
    source_name,
    record_type,
    source_key,
    is_gone,
    first_seen_at,
    last_seen_at
from record_keys
