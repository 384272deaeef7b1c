-- One row per record: what one source knows of someone under one key.
with
contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
),

shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

events as (
    select * from {{ ref('stg_web_events__events') }}
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

every_record as (
    select
        'hubspot' as source_name,
        'contact' as record_type,
        contact_id as source_key,
        min(coalesce(created_at, valid_from_at)) as first_seen_at,
        max(valid_from_at) as last_seen_at
    from contacts
    group by contact_id
    union all
    select
        'shop' as source_name,
        'customer' as record_type,
        customer_id as source_key,
        min(coalesce(created_at, valid_from_at)) as first_seen_at,
        max(valid_from_at) as last_seen_at
    from shop_customers
    group by customer_id
    union all
    select
        'web' as source_name,
        'visitor' as record_type,
        events.visitor_id as source_key,
        min(events.occurred_at) as first_seen_at,
        max(events.occurred_at) as last_seen_at
    from events
    inner join human_user_agents
        on events.user_agent is not distinct from human_user_agents.user_agent
    group by events.visitor_id
)

select
    source_name || '.' || record_type || ':' || source_key as record_id,
    source_name,
    record_type,
    source_key,
    first_seen_at,
    last_seen_at
from every_record
