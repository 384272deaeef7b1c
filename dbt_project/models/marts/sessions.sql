-- One row per session: activity of one visitor without a gap of 30 minutes.
with
activity as (
    select * from {{ ref('int_web__sessionized') }}
),

entries as (
    select * from {{ ref('int_web__entries') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

shared_browser_events as (
    select * from {{ ref('shared_browser_events') }}
),

-- A shared browser is of whoever signed in last, at the end of the session.
handovers as (
    select
        activity.session_id,
        shared_browser_events.record_id,
        row_number() over (
            partition by activity.session_id
            order by activity.occurred_at desc, activity.activity_id desc
        ) as handover_rank
    from activity
    inner join shared_browser_events
        on activity.activity_id = shared_browser_events.activity_id
    where activity.source_name = 'web_events'
),

measured as (
    select
        session_id,
        min(source_name) as source_name,
        min(visitor_id) as visitor_id,
        -- A server log knows networks, not people. Whole keys, because a join on more
        -- than equal columns would compare every session with every record.
        case
            when count(distinct user_id) = 1 then 'shop.customer:' || min(user_id)
        end as account_record_id,
        case
            when min(source_name) = 'web_events' then 'web.visitor:' || min(visitor_id)
        end as visitor_record_id,
        bool_or(is_bot) as is_bot,
        min(bot_reason) as bot_reason,
        max(day_number) as day_number,
        count_if(activity_type = 'page') as page_view_count,
        count_if(activity_type = 'track') as event_count,
        count_if(activity_name in ('Order Completed', 'Form Submitted'))
            as conversion_count,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at
    from activity
    group by session_id
)

select
    measured.session_id,
    measured.source_name,
    measured.visitor_id,
    coalesce(account_ids.customer_id, visitor_ids.customer_id) as customer_id,
    entries.landing_path,
    entries.source,
    entries.medium,
    entries.campaign,
    entries.click_id_kind,
    entries.channel_group,
    measured.is_bot,
    measured.bot_reason,
    measured.day_number >= 3 as is_overlong,
    (
        {{ epoch_seconds('measured.ended_at') }}
        - {{ epoch_seconds('measured.started_at') }}
        > 10
        or measured.page_view_count >= 2
        or measured.conversion_count >= 1
    ) as is_engaged,
    cast(measured.page_view_count as bigint) as page_view_count,
    cast(measured.event_count as bigint) as event_count,
    cast(measured.conversion_count as bigint) as conversion_count,
    cast(
        {{ epoch_seconds('measured.ended_at') }}
        - {{ epoch_seconds('measured.started_at') }}
        as bigint
    ) as duration_seconds,
    measured.started_at,
    measured.ended_at
from measured
inner join entries on measured.session_id = entries.session_id
left join customer_ids as account_ids
    on measured.account_record_id = account_ids.record_id
left join handovers
    on measured.session_id = handovers.session_id and handovers.handover_rank = 1
left join customer_ids as visitor_ids
    on
        coalesce(handovers.record_id, measured.visitor_record_id)
        = visitor_ids.record_id
