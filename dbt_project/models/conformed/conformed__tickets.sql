-- One row per support ticket, as last delivered.
with
given as (
    {{ given('tickets', added=['record_key'], at='created_at') }}
),

record_keys as (
    select * from {{ ref('record_keys') }}
)

select
    given.source_name,
    given.ticket_id,
    given.record_id,
    given.other_record_ids,
    given.company_record_id,
    given.ticket_name,
    given.pipeline,
    given.status,
    given.state,
    given.priority,
    given.category,
    given.is_complaint,
    given.channel,
    given.owner_name,
    given.first_reply_seconds,
    given.reply_count,
    given.reopen_count,
    given.satisfaction,
    given.created_at,
    given.closed_at,
    given.changed_at,
    given.file_id,
    given.line,
    record_keys.record_key
from given
left join record_keys on given.record_id = record_keys.record_id
