-- One row per unsubscription, complaint or new subscription by e-mail.
with
events as (
    select
        *,
        coalesce(refused_because, event_type) as said
    from {{ ref('stg_email_events__events') }}
    where email like '%@%'
)

select
    event_id as consent_id,
    'email.recipient:' || {{ sha256_hex(composed('email')) }} as record_id,
    'email' as identifier_kind,
    {{ composed('email') }} as identifier_value,
    'email' as channel,
    'marketing' as purpose,
    case when said = 'resubscribed' then 'granted' else 'withdrawn' end as status,
    'email ' || event_type as origin,
    null as text_version,
    occurred_at as stated_at,
    _file_id as file_id,
    _line as line
from events
where said in ('unsubscribed', 'complained', 'resubscribed')
