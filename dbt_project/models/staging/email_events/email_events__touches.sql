-- One row per thing that happened to an e-mail.
with
events as (
    select * from {{ ref('stg_email_events__events') }}
)

select
    event_id as touch_id,
    case
        when email like '%@%'
            then 'email.recipient:' || {{ sha256_hex(composed('email')) }}
    end as record_id,
    null as other_record_ids,
    'email_' || event_type as touch_type,
    'email' as channel,
    case
        when
            event_type in ('sent', 'delivered', 'deferred', 'dropped', 'bounced')
            then 'outbound'
        else 'inbound'
    end as direction,
    is_machine,
    null as subject,
    campaign,
    message_id,
    url,
    null as deal_id,
    null as ticket_id,
    null as owner_name,
    null as duration_seconds,
    occurred_at,
    _file_id as file_id,
    _line as line
from events
