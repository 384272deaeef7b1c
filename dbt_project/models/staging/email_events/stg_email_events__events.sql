-- One row per thing that happened to an e-mail; an event that came twice is kept once.
with
words as (
    select * from {{ ref('event_words') }}
    where source_name = 'email_events'
),

refusals as (
    select * from {{ ref('event_words') }}
    where source_name = 'email_refusals'
),

bots as (
    select * from {{ ref('bot_user_agents') }}
    -- What Gmail and Yahoo show to their readers is fetched by these when it is shown.
    where pattern not in ('googleimageproxy', 'yahoomailproxy')
),

addressed as (
    select
        *,
        -- Postmark says in a column of its own which way the subscription changed.
        {{ regex_replace("lower(event)", "[^a-z]", "") }} || case
            when lower(event) = 'subscriptionchange'
                then coalesce(lower(suppress_sending), '')
            else ''
        end as bare_event,
        lower(trim(coalesce(email, recipient))) as address,
        trim(coalesce(
            occurred_at, coalesce(delivered_at, coalesce(bounced_at, changed_at))
        )) as time_text
    from {{ source('raw_email_events', 'events') }}
),

keyed as (
    select
        *,
        coalesce(event_id, md5(
            coalesce(message_id, '') || '|' || coalesce(address, '')
            || '|' || {{ regex_replace("lower(event)", "[^a-z]", "") }}
            || '|' || coalesce(time_text, '') || '|' || coalesce(url, '')
        )) as event_key,
        -- A provider that posts an event again may give it another id.
        case
            when message_id is not null and time_text is not null
                then md5(
                    message_id || '|' || coalesce(address, '') || '|' || bare_event
                    || '|' || time_text || '|' || coalesce(url, '')
                    || '|' || coalesce(user_agent, '') || '|' || coalesce(ip, '')
                )
        end as content_key,
        regexp_extract(time_text, ':[0-9.]+ ?([+-][0-9]{2}(:?[0-9]{2})?)$', 1) as zone
    from addressed
),

unrepeated as (
    {{ current_rows('keyed', 'event_key', keep='first') }}
),

posted_again as (
    select
        content_key,
        min(delivery_number * 4294967296 + _line) as first_position
    from unrepeated
    where content_key is not null
    group by content_key
    having count(*) > 1
),

events as (
    select
        unrepeated.*,
        try_cast(substr(unrepeated.time_text, 1, 10) as bigint) as unix_seconds
    from unrepeated
    left join posted_again on unrepeated.content_key = posted_again.content_key
    where
        posted_again.content_key is null
        or unrepeated.delivery_number * 4294967296 + unrepeated._line
        = posted_again.first_position
),

reckoned as (
    -- The zone is taken off and reckoned with: a cast to a timestamp passes over it.
    select
        events.*,
        coalesce(
            words.event_type,
            {{ regex_replace("lower(trim(events.event))", "[^a-z0-9]+", "_") }}
        ) as event_type,
        coalesce(words.is_machine, false) as is_machine_word,
        case
            when
                {{ regex_like(
                    "events.time_text", "'^[0-9]{10}([0-9]{3}|[.][0-9]+)?$'"
                ) }}
                then
                    -- In hours and seconds: after 2038 the seconds alone are too many.
                    cast('1970-01-01' as timestamp)
                    + interval '1' hour
                    * cast(floor(events.unix_seconds / 3600) as bigint)
                    + interval '1' second * mod(events.unix_seconds, 3600)
            when events.zone = '' then {{ moment('events.time_text') }}
            else
                try_cast(trim(replace(events.time_text, events.zone, '')) as timestamp)
                - interval '1' minute * (
                    60 * try_cast(substr(events.zone, 1, 3) as bigint)
                    + coalesce(try_cast(
                        substr(events.zone, 1, 1)
                        || substr(replace(events.zone, ':', ''), 4, 2)
                        as bigint
                    ), 0)
                )
        end as reckoned_at
    from events
    left join words on events.bare_event = words.word
),

timed as (
    select
        *,
        case
            when
                reckoned_at >= cast('1000-01-01' as timestamp)
                and reckoned_at < cast('9999-12-31' as timestamp)
                then reckoned_at
        end as event_at
    from reckoned
),

-- When each e-mail left and when it arrived: a scanner follows its links at once.
sendings as (
    select
        coalesce(message_id, coalesce(campaign, campaign_id)) as mailing,
        address,
        min(case when event_type = 'sent' then event_at end) as sent_at,
        min(case when event_type = 'delivered' then event_at end) as delivered_at
    from timed
    where event_type in ('sent', 'delivered')
    group by coalesce(message_id, coalesce(campaign, campaign_id)), address
),

automatic_agents as (
    select distinct agents.user_agent
    from (
        select distinct user_agent from timed
        where event_type in ('opened', 'clicked')
    ) as agents
    left join bots on position(bots.pattern in lower(agents.user_agent)) > 0
    -- What Apple's privacy protection calls itself, and nothing else does.
    where bots.pattern is not null or trim(agents.user_agent) = 'Mozilla/5.0'
)

select
    timed.event_key as event_id,
    timed.message_id,
    coalesce(
        timed.campaign,
        timed.campaign_id,
        replace(trim(both '[]"' from timed.category), '","', ', ')
    ) as campaign,
    timed.address as email,
    timed.event_type,
    case
        when timed.bare_event like '%bounce%'
            then lower(coalesce(timed.bounce_type, timed.event))
    end as bounce_type,
    case
        when timed.event_type = 'clicked'
            then
                timed.is_machine_word
                or automatic_agents.user_agent is not null
                or coalesce(
                    timed.event_at >= sendings.sent_at
                    and timed.event_at < sendings.sent_at + interval '10' second,
                    false
                )
                or coalesce(
                    timed.event_at >= sendings.delivered_at
                    and timed.event_at < sendings.delivered_at + interval '10' second,
                    false
                )
        when timed.event_type <> 'opened' then false
        -- The provider knows better than a guess by the program's name.
        when lower(timed.machine_open) in ('true', '1', 'yes') then true
        when lower(timed.machine_open) in ('false', '0', 'no') then false
        else timed.is_machine_word or automatic_agents.user_agent is not null
    end as is_machine,
    timed.user_agent,
    timed.ip,
    timed.url,
    timed.reason,
    -- What is not sent because its reader had left says that he or she has.
    refusals.event_type as refused_because,
    timed.event_at as occurred_at,
    timed._file_id,
    timed._line,
    timed._load_id
from timed
left join sendings
    on
        timed.address = sendings.address
        and coalesce(timed.message_id, coalesce(timed.campaign, timed.campaign_id))
        = sendings.mailing
left join automatic_agents on timed.user_agent = automatic_agents.user_agent
left join refusals
    on
        case
            when timed.event_type in ('dropped', 'bounced')
                then {{ regex_replace("lower(timed.reason)", "[^a-z]", "") }}
        end = refusals.word
