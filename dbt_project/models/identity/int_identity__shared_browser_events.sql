-- One row per event of a browser on which two or more accounts signed in.
with
events as (
    select * from {{ ref('stg_web_events__events') }}
),

accounts as (
    select * from {{ ref('int_identity__browser_identifiers') }}
    where identifier_kind = 'shop_customer_id' and not is_junk
),

bots as (
    select * from {{ ref('bot_user_agents') }}
),

shared_browsers as (
    select visitor_id
    from accounts
    where {{ var('guards').shared_device | lower }}
    group by visitor_id
    having count(*) > 1
),

shared_events as (
    select
        events.message_id,
        events.visitor_id,
        accounts.raw_value as signed_in_user_id,
        events.user_agent,
        events.occurred_at,
        events._file_id,
        events._line
    from events
    inner join shared_browsers on events.visitor_id = shared_browsers.visitor_id
    left join accounts
        on
            events.visitor_id = accounts.visitor_id
            and events.user_id = accounts.raw_value
),

human_user_agents as (
    select agents.user_agent
    from (select distinct user_agent from shared_events) as agents
    left join bots on position(bots.pattern in lower(agents.user_agent)) > 0
    where bots.pattern is null
),

counted as (
    select
        shared_events.*,
        count(shared_events.signed_in_user_id) over (
            partition by shared_events.visitor_id
            order by shared_events.occurred_at asc, shared_events.message_id asc
            rows between unbounded preceding and current row
        ) as sign_in_count
    from shared_events
    inner join human_user_agents
        on shared_events.user_agent is not distinct from human_user_agents.user_agent
),

-- Each event is of whoever signed in last, at it or before; what came before the first
-- sign-in belongs to that one.
owned as (
    select
        *,
        max(signed_in_user_id) over (
            partition by visitor_id, greatest(sign_in_count, 1)
        ) as user_id
    from counted
)

-- One record for each account on the browser: late events rename nobody.
select
    message_id,
    visitor_id,
    'web.visitor:' || visitor_id || '~' || case
        when user_id like '%@%' then {{ sha256_hex("lower(trim(user_id))") }}
        else user_id
    end as record_id,
    user_id,
    signed_in_user_id is not null as is_sign_in,
    occurred_at,
    _file_id as file_id,
    _line as line
from owned
