-- One row per thing that happened to a text message.
with
events as (
    select * from {{ ref('stg_sms_events__events') }}
)

select
    event_id as touch_id,
    'sms.recipient:' || {{ sha256_hex('dialled') }} as record_id,
    null as other_record_ids,
    'sms_' || event_type as touch_type,
    'sms' as channel,
    case when is_inbound then 'inbound' else 'outbound' end as direction,
    false as is_machine,
    null as subject,
    campaign,
    message_id,
    null as url,
    null as deal_id,
    null as ticket_id,
    null as owner_name,
    null as duration_seconds,
    occurred_at,
    _file_id as file_id,
    _line as line
from events
