-- One row per web activity, with the session it falls into.
with
-- Numbers only: a window over texts costs ten times as much.
activity as (
    select
        {{ text_key("source_name || '|' || visitor_id") }} as visitor_key,
        {{ text_key("source_name || '|' || activity_id") }} as activity_key,
        {{ epoch_seconds('occurred_at') }} as happened_second,
        occurred_at,
        is_server_side,
        is_page_view,
        activity_type in ('track', 'feature') and not is_page_view as is_event,
        activity_name in (
            '{{ var("conversion_events") | join("', '") }}' -- noqa: LT05
        ) as is_conversion
    from {{ ref('conformed__web_activity') }}
    where activity_type <> 'request' or is_page_view
),

repeats as (
    select {{ text_key("source_name || '|' || activity_id") }} as activity_key
    from {{ ref('int_web__order_repeats') }}
),

-- Only what a browser or an app does is a visit: a server's call starts none and keeps
-- none going, but belongs to the one it falls into.
gaps as (
    select
        *,
        max(case when not is_server_side then happened_second end) over (
            partition by visitor_key
            order by occurred_at asc, activity_key asc
            rows between unbounded preceding and 1 preceding
        ) as last_second
    from activity
),

near as (
    select
        *,
        coalesce(
            happened_second - last_second <= {{ var('session_gap_minutes') }} * 60,
            false
        ) as is_near
    from gaps
),

runs as (
    select
        *,
        max(
            case when not is_server_side and not is_near then happened_second end
        ) over (
            partition by visitor_key
            order by occurred_at asc, activity_key asc
            rows between unbounded preceding and current row
        ) as run_second
    from near
),

-- A run of activity without a gap is cut every 24 hours.
days as (
    select
        *,
        cast(floor((happened_second - run_second) / 86400.0) as bigint) as day_number
    from runs
    where is_near or not is_server_side
)

select
    days.activity_key,
    days.visitor_key,
    days.run_second + days.day_number * 86400 as session_second,
    days.day_number,
    days.is_server_side,
    days.is_page_view,
    days.is_event,
    days.is_conversion and repeats.activity_key is null as is_conversion,
    days.occurred_at
from days
left join repeats on days.activity_key = repeats.activity_key
