-- One row per thing that happened to a text message; what came twice is kept once.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

events as (
    select * from {{ source('raw_sms_events', 'events') }}
),

delivered as (
    select
        events.*,
        {{ regex_replace("lower(events.status)", "[^a-z]", "") }} as bare_status,
        {{ regex_replace("lower(events.body)", "[^a-z]", "") }} as keyword,
        coalesce(events.occurred_at, events.created_at) as time_text,
        files.path || ':' || lpad(cast(events._line as string), 12, '0') as position
    from events
    inner join files
        on events._file_id = files.file_id and events._load_id = files.load_id
),

directed as (
    select
        *,
        coalesce(lower(direction) like 'inbound%', false)
        or bare_status in ('received', 'receiving', 'reply', 'replied', 'inbound')
            as is_inbound
    from delivered
),

identified as (
    -- A log tells the state of a message: each state it was ever seen in is an event.
    select
        *,
        case when is_inbound then coalesce(sender, recipient) else recipient end
            as phone,
        coalesce(event_id, md5(
            coalesce(message_id, '') || '|' || bare_status
            || '|' || recipient || '|' || coalesce(sender, '')
            || '|' || coalesce(time_text, '') || '|' || coalesce(body, '')
        )) as event_key
    from directed
),

sent_twice as (
    select
        event_key,
        min(position) as first_position
    from identified
    group by event_key
    having count(*) > 1
)

select
    identified.event_key as event_id,
    identified.message_id,
    identified.campaign,
    identified.phone,
    case
        -- The words by which carriers and Twilio take a number off the list, and back.
        when
            identified.is_inbound
            and identified.keyword in (
                'stop', 'stopall', 'unsubscribe', 'cancel', 'end', 'quit', 'revoke',
                'optout'
            )
            then 'opt_out'
        when identified.is_inbound and identified.keyword in ('start', 'unstop')
            then 'opt_in'
        when identified.is_inbound then 'reply'
        when identified.bare_status in ('failed', 'undelivered', 'undeliverable')
            then 'failed'
        when identified.bare_status in ('optout', 'optedout', 'unsubscribed')
            then 'opt_out'
        when identified.bare_status in ('optin', 'optedin', 'subscribed') then 'opt_in'
        else lower(trim(identified.status))
    end as event_type,
    identified.body,
    identified.error_code,
    try_cast(identified.time_text as timestamp) as occurred_at,
    identified._file_id,
    identified._line,
    identified._load_id
from identified
left join sent_twice on identified.event_key = sent_twice.event_key
where coalesce(sent_twice.first_position, identified.position) = identified.position
