-- One row per visitor that is no human, with the first reason found.
with
activity as (
    select * from {{ ref('conformed__web_activity') }}
),

bots as (
    select * from {{ ref('bot_user_agents') }}
),

-- A server's own call says nothing of who visits.
visitors as (
    select
        source_name,
        visitor_id,
        user_agent,
        count(*) as activity_count,
        count_if(method = 'HEAD') as head_count,
        count_if(page_path = '/robots.txt' and method is not null) as robots_count,
        count_if(status_code = 404) as missing_count
    from activity
    where not is_server_side
    group by source_name, visitor_id, user_agent
),

agents as (
    select distinct user_agent from visitors
),

-- Few agents, many rows: each agent is judged once. The longest pattern says it best.
bot_agents as (
    select
        agents.user_agent,
        substr(
            max(lpad(cast(length(bots.pattern) as string), 4, '0') || bots.bot_name), 5
        ) as bot_name
    from agents
    inner join bots on position(bots.pattern in lower(agents.user_agent)) > 0
    group by agents.user_agent
),

minutes as (
    select
        source_name,
        visitor_id
    from activity
    where is_page_view
    group by
        source_name,
        visitor_id,
        floor({{ epoch_seconds('occurred_at') }} / 60.0)
    having count(*) > {{ var('max_page_views_per_minute') }}
),

hurried as (
    select distinct
        source_name,
        visitor_id
    from minutes
),

judged as (
    select
        visitors.source_name,
        visitors.visitor_id,
        min(case
            when bot_agents.bot_name is not null
                then '1user agent: ' || bot_agents.bot_name
            when visitors.robots_count > 0 then '2read robots.txt'
            when visitors.head_count = visitors.activity_count
                then '3only HEAD requests'
            -- Looks for what is not there: a scanner.
            when
                visitors.missing_count >= 10
                and visitors.missing_count * 2 > visitors.activity_count
                then '4mostly missing pages'
            when hurried.visitor_id is not null then '5too many pages in a minute'
        end) as reason
    from visitors
    left join bot_agents on visitors.user_agent = bot_agents.user_agent
    left join hurried
        on
            visitors.source_name = hurried.source_name
            and visitors.visitor_id = hurried.visitor_id
    group by visitors.source_name, visitors.visitor_id
)

select
    source_name,
    visitor_id,
    substr(reason, 2) as bot_reason
from judged
where reason is not null
