-- One row per number that was taken off the list of text messages, or put back.
with
events as (
    select
        *,
        coalesce(refused_because, event_type) as said
    from {{ ref('stg_sms_events__events') }}
)

select
    event_id as consent_id,
    'sms.recipient:' || {{ sha256_hex('dialled') }} as record_id,
    'phone' as identifier_kind,
    dialled as identifier_value,
    'sms' as channel,
    case when said = 'opted_out' then 'all' else 'marketing' end as purpose,
    case when said = 'opted_out' then 'withdrawn' else 'granted' end as status,
    'sms ' || event_type as origin,
    null as text_version,
    occurred_at as stated_at,
    _file_id as file_id,
    _line as line
-- STOP ends every text; START brings back only what is marketing.
from events
where said in ('opted_out', 'opted_in')
