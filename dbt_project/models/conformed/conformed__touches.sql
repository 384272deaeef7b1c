-- One row per contact with someone outside the web: calls, notes, messages, social.
with
given as (
    {{ given('touches', added=['record_key'], at='occurred_at') }}
),

record_keys as (
    select * from {{ ref('record_keys') }}
)

select
    given.source_name,
    given.touch_id,
    given.record_id,
    given.other_record_ids,
    given.touch_type,
    given.channel,
    given.direction,
    given.is_machine,
    given.subject,
    given.campaign,
    given.message_id,
    given.url,
    given.deal_id,
    given.ticket_id,
    given.owner_name,
    given.duration_seconds,
    given.occurred_at,
    given.file_id,
    given.line,
    record_keys.record_key
from given
left join record_keys on given.record_id = record_keys.record_id
