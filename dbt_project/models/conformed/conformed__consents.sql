-- One row per statement of consent, of any source that says one.
with
given as (
    {{ given('consents', added=['record_key'], at='stated_at') }}
),

record_keys as (
    select * from {{ ref('record_keys') }}
)

select
    given.source_name,
    given.consent_id,
    given.record_id,
    given.identifier_kind,
    given.identifier_value,
    given.channel,
    given.purpose,
    given.status,
    given.origin,
    given.text_version,
    given.stated_at,
    given.file_id,
    given.line,
    record_keys.record_key
from given
left join record_keys on given.record_id = record_keys.record_id
