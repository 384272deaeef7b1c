-- One row per record: what one source knows of someone under one key.
with
people as (
    select * from {{ ref('conformed__people') }}
),

activity as (
    select * from {{ ref('conformed__web_activity') }}
    where record_id is not null
),

shared_browser_events as (
    select * from {{ ref('shared_browser_events') }}
),

bots as (
    select * from {{ ref('bot_user_agents') }}
),

registry as (
    select * from {{ source('registry', 'record_keys') }}
),

last_key as (
    select coalesce(max(record_key), 0) as record_key from registry
),

human_user_agents as (
    select agents.user_agent
    from (select distinct user_agent from activity) as agents
    left join bots on position(bots.pattern in lower(agents.user_agent)) > 0
    where bots.pattern is null
),

browsers as (
    select
        activity.record_id,
        min(activity.visitor_id) as visitor_id,
        min(activity.occurred_at) as first_seen_at,
        max(activity.occurred_at) as last_seen_at
    from activity
    inner join human_user_agents
        on activity.user_agent is not distinct from human_user_agents.user_agent
    group by activity.record_id
),

shared_browsers as (
    select distinct visitor_id from shared_browser_events
),

-- A shared browser is one record for each account that signed in on it.
seen as (
    select
        record_id,
        record_source,
        record_type,
        source_key,
        bool_or(is_current) as is_current,
        min(coalesce(created_at, seen_at)) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from people
    group by record_id, record_source, record_type, source_key
    union all
    select
        browsers.record_id,
        'web' as record_source,
        'visitor' as record_type,
        browsers.visitor_id as source_key,
        true as is_current,
        browsers.first_seen_at,
        browsers.last_seen_at
    from browsers
    left join shared_browsers on browsers.visitor_id = shared_browsers.visitor_id
    where shared_browsers.visitor_id is null
    union all
    select
        record_id,
        'web' as record_source,
        'visitor' as record_type,
        substr(record_id, length('web.visitor:') + 1) as source_key,
        true as is_current,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at
    from shared_browser_events
    group by record_id
),

-- A key is given once, in the order of appearance, and never again.
numbered as (
    select
        seen.record_id,
        last_key.record_key + row_number() over (
            order by seen.first_seen_at asc nulls last, seen.record_id asc
        ) as record_key
    from seen
    cross join last_key
    left join registry on seen.record_id = registry.record_id
    where registry.record_id is null
)

select
    seen.record_id,
    cast(coalesce(registry.record_key, numbered.record_key) as bigint) as record_key,
    seen.record_source as source_name,
    seen.record_type,
    seen.source_key,
    -- Deleted in its source, or merged into another record there.
    not seen.is_current as is_gone,
    seen.first_seen_at,
    seen.last_seen_at
from seen
left join registry on seen.record_id = registry.record_id
left join numbered on seen.record_id = numbered.record_id
