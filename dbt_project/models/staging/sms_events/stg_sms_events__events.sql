-- One row per thing that happened to a text message; what came twice is kept once.
with
words as (
    select * from {{ ref('event_words') }}
    where source_name = 'sms_events'
),

answers as (
    select * from {{ ref('event_words') }}
    where source_name = 'sms_answers'
),

refusals as (
    select * from {{ ref('event_words') }}
    where source_name = 'sms_refusals'
),

directed as (
    select
        *,
        {{ regex_replace("lower(status)", "[^a-z]", "") }} as bare_status,
        {{ regex_replace("lower(body)", "[^a-z]", "") }} as keyword,
        {{ regex_replace("lower(split_part(trim(body), ' ', 1))", "[^a-z]", "") }}
            as first_word,
        coalesce(occurred_at, created_at) as time_text,
        coalesce(lower(direction) like 'inbound%', false)
        or {{ regex_replace("lower(status)", "[^a-z]", "") }} in (
            'received', 'receiving', 'reply', 'replied', 'inbound'
        ) as is_inbound
    from {{ source('raw_sms_events', 'events') }}
),

keyed as (
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

events as (
    {{ current_rows('keyed', 'event_key', keep='first') }}
)

select
    events.event_key as event_id,
    events.message_id,
    events.campaign,
    events.phone,
    {{ regex_replace("events.phone", "[^0-9+]", "") }} as dialled,
    -- Carriers take a number off the list by one word; whoever starts with "stop" and
    -- goes on means it too.
    case
        when events.is_inbound and answers.event_type is not null
            then answers.event_type
        when events.is_inbound and events.first_word in ('stop', 'stopp')
            then 'opted_out'
        when events.is_inbound and words.event_type in ('opted_out', 'opted_in')
            then words.event_type
        when events.is_inbound then 'replied'
        else coalesce(
            words.event_type,
            {{ regex_replace("lower(trim(events.status))", "[^a-z0-9]+", "_") }}
        )
    end as event_type,
    events.is_inbound or coalesce(words.event_type in ('opted_out', 'opted_in'), false)
        as is_inbound,
    events.body,
    events.error_code,
    -- A message that failed because its number had left says that it has.
    refusals.event_type as refused_because,
    {{ moment('events.time_text') }} as occurred_at,
    events._file_id,
    events._line,
    events._load_id
from events
left join words on events.bare_status = words.word
left join answers on events.keyword = answers.word
left join refusals
    on
        case
            when not events.is_inbound
                then {{ regex_replace("lower(events.error_code)", "[^a-z0-9]", "") }}
        end = refusals.word
