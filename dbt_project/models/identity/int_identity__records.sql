-- One row per record, before it has a number.
with
versions as (
    select * from {{ ref('int_identity__record_versions') }}
),

events as (
    select * from {{ ref('stg_web_events__events') }}
),

shared_browser_events as (
    select * from {{ ref('int_identity__shared_browser_events') }}
),

bots as (
    select * from {{ ref('bot_user_agents') }}
),

human_user_agents as (
    select agents.user_agent
    from (select distinct user_agent from events) as agents
    left join bots on position(bots.pattern in lower(agents.user_agent)) > 0
    where bots.pattern is null
),

browsers as (
    select
        events.visitor_id,
        min(events.occurred_at) as first_seen_at,
        max(events.occurred_at) as last_seen_at
    from events
    inner join human_user_agents
        on events.user_agent is not distinct from human_user_agents.user_agent
    group by events.visitor_id
),

shared_browsers as (
    select distinct visitor_id from shared_browser_events
),

web_records as (
    select
        'web.visitor:' || browsers.visitor_id as record_id,
        browsers.first_seen_at,
        browsers.last_seen_at
    from browsers
    left join shared_browsers on browsers.visitor_id = shared_browsers.visitor_id
    where shared_browsers.visitor_id is null
    union all
    select
        record_id,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at
    from shared_browser_events
    group by record_id
)

select
    record_id,
    source_name,
    record_type,
    source_key,
    min(coalesce(created_at, seen_at)) as first_seen_at,
    max(last_seen_at) as last_seen_at
from versions
group by record_id, source_name, record_type, source_key
union all
select
    record_id,
    'web' as source_name,
    'visitor' as record_type,
    substr(record_id, length('web.visitor:') + 1) as source_key,
    first_seen_at,
    last_seen_at
from web_records
