-- One row per thing that happened to an e-mail; an event that came twice is kept once.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

events as (
    select * from {{ source('raw_email_events', 'events') }}
),

delivered as (
    select
        events.*,
        {{ regex_replace("lower(events.event)", "[^a-z]", "") }} as bare_event,
        coalesce(events.email, events.recipient) as address,
        trim(coalesce(
            events.occurred_at,
            coalesce(events.delivered_at, events.bounced_at, events.changed_at)
        )) as time_text,
        files.path || ':' || lpad(cast(events._line as string), 12, '0') as position
    from events
    inner join files
        on events._file_id = files.file_id and events._load_id = files.load_id
),

identified as (
    select
        *,
        coalesce(event_id, md5(
            coalesce(message_id, '') || '|' || coalesce(lower(trim(address)), '')
            || '|' || bare_event || '|' || coalesce(time_text, '')
            || '|' || coalesce(url, '')
        )) as event_key,
        regexp_extract(time_text, ':[0-9.]+ ?([+-][0-9]{2}(:?[0-9]{2})?)$', 1) as zone
    from delivered
),

timed as (
    -- The zone is taken off and reckoned with: a cast to a timestamp passes over it.
    select
        *,
        case
            when {{ regex_like("time_text", "'^[0-9]{10}([0-9]{3}|[.][0-9]+)?$'") }}
                then
                    cast('1970-01-01' as timestamp)
                    + interval '1' second * try_cast(substr(time_text, 1, 10) as bigint)
            when zone = '' then try_cast(time_text as timestamp)
            else
                try_cast(trim(replace(time_text, zone, '')) as timestamp)
                - interval '1' minute * (
                    60 * try_cast(substr(zone, 1, 3) as bigint)
                    + coalesce(try_cast(
                        substr(zone, 1, 1) || substr(replace(zone, ':', ''), 4, 2)
                        as bigint
                    ), 0)
                )
        end as event_at
    from identified
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
    timed.event_key as event_id,
    timed.message_id,
    coalesce(
        timed.campaign,
        timed.campaign_id,
        replace(trim(both '[]"' from timed.category), '","', ', ')
    ) as campaign,
    lower(trim(timed.address)) as email,
    case
        when timed.bare_event in ('sent', 'send', 'processed', 'accepted', 'injection')
            then 'sent'
        when timed.bare_event in ('delivered', 'delivery') then 'delivered'
        when timed.bare_event in ('open', 'opened', 'opens') then 'open'
        when timed.bare_event in ('click', 'clicked', 'clicks') then 'click'
        when
            timed.bare_event in ('bounce', 'bounced', 'hardbounce', 'softbounce')
            then 'bounce'
        when
            timed.bare_event in ('unsubscribe', 'unsubscribed', 'unsub')
            or timed.bare_event in ('groupunsubscribe', 'listunsubscribe', 'optout')
            or (
                timed.bare_event = 'subscriptionchange'
                and lower(timed.suppress_sending) = 'true'
            )
            then 'unsubscribe'
        when
            timed.bare_event in ('spamreport', 'spam', 'spamcomplaint', 'complaint')
            or timed.bare_event in ('complained', 'abuse', 'abusereport')
            then 'spam_report'
        when timed.bare_event in ('deferred', 'deferral', 'deliverydelay')
            then 'deferred'
        when timed.bare_event in ('dropped', 'drop', 'reject', 'rejected')
            then 'dropped'
        else lower(trim(timed.event))
    end as event_type,
    case
        when timed.bare_event like '%bounce%'
            then lower(coalesce(timed.bounce_type, timed.event))
    end as bounce_type,
    coalesce(lower(timed.machine_open) = 'true', false) as is_machine_open,
    timed.user_agent,
    timed.ip,
    timed.url,
    timed.reason,
    timed.event_at as occurred_at,
    timed._file_id,
    timed._line,
    timed._load_id
from timed
left join sent_twice on timed.event_key = sent_twice.event_key
where coalesce(sent_twice.first_position, timed.position) = timed.position
