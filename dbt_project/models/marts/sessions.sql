-- One row per session: activity of one visitor without a gap of 30 minutes.
with
sessionized as (
    select * from {{ ref('int_web__sessionized') }}
),

activity as (
    select
        source_name,
        activity_id,
        visitor_id,
        record_id,
        user_record_id,
        {{ text_key("source_name || '|' || activity_id") }} as activity_key
    from {{ ref('conformed__web_activity') }}
),

entries as (
    select * from {{ ref('int_web__entries') }}
),

bots as (
    select * from {{ ref('int_web__bots') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

shared_browser_events as (
    select * from {{ ref('shared_browser_events') }}
),

measured as (
    select
        visitor_key,
        session_second,
        min(case when not is_server_side then activity_key end) as activity_key,
        max(day_number) as day_number,
        count_if(is_page_view) as page_view_count,
        count_if(is_event) as event_count,
        count_if(is_conversion) as conversion_count,
        min(case when not is_server_side then occurred_at end) as started_at,
        max(case when not is_server_side then occurred_at end) as ended_at
    from sessionized
    group by visitor_key, session_second
),

signed_in as (
    select
        sessionized.visitor_key,
        sessionized.session_second,
        min(activity.user_record_id) as user_record_id
    from sessionized
    inner join activity on sessionized.activity_key = activity.activity_key
    where activity.user_record_id is not null
    group by sessionized.visitor_key, sessionized.session_second
    having min(activity.user_record_id) = max(activity.user_record_id)
),

-- A shared browser is of whoever signed in last, at the end of the session.
handovers as (
    select
        sessionized.visitor_key,
        sessionized.session_second,
        shared_browser_events.record_id,
        row_number() over (
            partition by sessionized.visitor_key, sessionized.session_second
            order by sessionized.occurred_at desc, activity.activity_id desc
        ) as handover_rank
    from shared_browser_events
    inner join activity
        on
            shared_browser_events.activity_id = activity.activity_id
            and activity.record_id is not null
    inner join sessionized on activity.activity_key = sessionized.activity_key
),

described as (
    select
        measured.*,
        activity.source_name,
        activity.visitor_id,
        activity.record_id,
        cast(
            {{ epoch_seconds('measured.ended_at') }}
            - {{ epoch_seconds('measured.started_at') }} as bigint
        ) as duration_seconds
    from measured
    inner join activity on measured.activity_key = activity.activity_key
)

select
    md5(
        described.source_name || '|' || described.visitor_id || '|'
        || cast(described.session_second as string)
    ) as session_id,
    described.source_name,
    described.visitor_id,
    coalesce(account_ids.customer_id, visitor_ids.customer_id) as customer_id,
    entries.landing_path,
    entries.referrer_host,
    entries.source,
    entries.medium,
    entries.campaign,
    entries.click_id_kind,
    coalesce(entries.channel_group, 'Direct') as channel_group,
    bots.visitor_id is not null as is_bot,
    bots.bot_reason,
    coalesce(entries.is_counted, true) as is_counted,
    described.day_number >= 3 as is_overlong,
    described.duration_seconds > 10
    or described.page_view_count >= 2
    or described.conversion_count >= 1 as is_engaged,
    cast(described.page_view_count as bigint) as page_view_count,
    cast(described.event_count as bigint) as event_count,
    cast(described.conversion_count as bigint) as conversion_count,
    described.duration_seconds,
    described.started_at,
    described.ended_at
from described
left join entries
    on
        described.visitor_key = entries.visitor_key
        and described.session_second = entries.session_second
left join bots
    on
        described.source_name = bots.source_name
        and described.visitor_id = bots.visitor_id
left join signed_in
    on
        described.visitor_key = signed_in.visitor_key
        and described.session_second = signed_in.session_second
left join customer_ids as account_ids
    on signed_in.user_record_id = account_ids.record_id
left join handovers
    on
        described.visitor_key = handovers.visitor_key
        and described.session_second = handovers.session_second
        and handovers.handover_rank = 1
left join customer_ids as visitor_ids
    on coalesce(handovers.record_id, described.record_id) = visitor_ids.record_id
