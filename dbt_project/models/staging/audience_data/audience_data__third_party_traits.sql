-- One row per pseudonymous id and trait that a provider ascribes to it.
with
members as (
    select * from {{ ref('stg_audience_data__members') }}
)

select
    member_key as trait_key,
    provider,
    cookie_id,
    device_id,
    email_sha256,
    taxonomy,
    segment_id as trait_id,
    segment_name as trait_name,
    confidence_rate,
    collected_at,
    expires_at,
    _file_id as file_id,
    _line as line
from members
