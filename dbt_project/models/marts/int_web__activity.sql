-- One row per thing a visitor did on the web: a page seen or a named event.
with
events as (
    select * from {{ ref('stg_web_events__events') }}
),

requests as (
    select * from {{ ref('stg_web_logs__requests') }}
),

bots as (
    select * from {{ ref('bot_user_agents') }}
),

agents as (
    select user_agent from events
    union distinct
    select user_agent from requests
),

-- Few agents, many rows: each agent is judged once.
bot_agents as (
    select
        agents.user_agent,
        min(bots.bot_name) as bot_name
    from agents
    inner join bots on position(bots.pattern in lower(agents.user_agent)) > 0
    group by agents.user_agent
),

robots_readers as (
    select distinct
        'web_logs' as source_name,
        visitor_id
    from requests
    where path = '/robots.txt'
),

seen as (
    select
        message_id as activity_id,
        'web_events' as source_name,
        visitor_id,
        user_id,
        call_type as activity_type,
        coalesce(event_name, call_type) as activity_name,
        page_url,
        page_path,
        page_title,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        order_id,
        form,
        user_agent,
        occurred_at
    from events
    union all
    select
        request_id as activity_id,
        'web_logs' as source_name,
        visitor_id,
        null as user_id,
        'page' as activity_type,
        'page' as activity_name,
        target as page_url,
        path as page_path,
        null as page_title,
        referrer,
        null as utm_source,
        null as utm_medium,
        null as utm_campaign,
        null as order_id,
        null as form,
        user_agent,
        requested_at as occurred_at
    from requests
    where
        method = 'GET'
        and status_code between 200 and 399
        and not {{ regex_like("lower(path)", "'[.](css|js|mjs|map|png|jpe?g|gif|svg|webp|ico|woff2?|ttf|eot|pdf|txt|xml|json|zip|mp4)$'") }} -- noqa: LT05
)

select
    seen.activity_id,
    seen.source_name,
    seen.visitor_id,
    seen.user_id,
    seen.activity_type,
    seen.activity_name,
    seen.page_url,
    seen.page_path,
    seen.page_title,
    seen.referrer,
    seen.utm_source,
    seen.utm_medium,
    seen.utm_campaign,
    seen.order_id,
    seen.form,
    bot_agents.bot_name is not null or robots_readers.visitor_id is not null as is_bot,
    case
        when bot_agents.bot_name is not null then 'user agent: ' || bot_agents.bot_name
        when robots_readers.visitor_id is not null then 'read robots.txt'
    end as bot_reason,
    seen.occurred_at
from seen
left join bot_agents on seen.user_agent = bot_agents.user_agent
left join robots_readers
    on
        seen.source_name = robots_readers.source_name
        and seen.visitor_id = robots_readers.visitor_id
