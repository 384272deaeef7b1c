-- One row per event of a browser on which two or more accounts signed in.
with
events as (
    select * from {{ ref('conformed__web_activity') }}
    where record_id is not null
),

junk as (
    select * from {{ ref('junk_identifiers') }}
    where identifier_kind = 'any'
),

-- What says nothing, as `undefined` does, is nobody's account, and a browser's id that
-- says nothing stands for many browsers. chr(39) is the single quote.
sign_ins as (
    select distinct
        visitor_id,
        user_id as raw_value,
        trim(both '" ' || chr(39) from lower(user_id)) as bare_value,
        trim(both '" ' || chr(39) from replace(lower(visitor_id), 'user:', ''))
            as bare_visitor_id
    from events
    where user_id is not null
),

accounts as (
    select
        sign_ins.visitor_id,
        sign_ins.raw_value
    from sign_ins
    left join junk as nobody on sign_ins.bare_visitor_id = nobody.value
    left join junk on sign_ins.bare_value = junk.value
    where
        nobody.value is null
        and junk.value is null
        and not {{ regex_like("sign_ins.bare_value", "'^([0-]*|null)$'") }}
        and not {{ regex_like("sign_ins.bare_visitor_id", "'^([0-]*|null)$'") }}
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
        events.activity_id,
        events.visitor_id,
        accounts.raw_value as signed_in_user_id,
        events.user_agent,
        events.occurred_at,
        events.file_id,
        events.line
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
            order by shared_events.occurred_at asc, shared_events.activity_id asc
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
    activity_id,
    visitor_id,
    'web.visitor:' || visitor_id || '~' || case
        when user_id like '%@%' then {{ sha256_hex("lower(trim(user_id))") }}
        else user_id
    end as record_id,
    user_id,
    signed_in_user_id is not null as is_sign_in,
    occurred_at,
    file_id,
    line
from owned
