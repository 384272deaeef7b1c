-- One row per web activity, with the session it falls into.
with
activity as (
    select * from {{ ref('int_web__activity') }}
),

gaps as (
    select
        *,
        {{ epoch_seconds('occurred_at') }}
        - lag({{ epoch_seconds('occurred_at') }}) over (
            partition by source_name, visitor_id
            order by occurred_at asc, activity_id asc
        ) as seconds_since_last
    from activity
),

runs as (
    select
        *,
        sum(
            case
                when seconds_since_last <= {{ var('session_gap_minutes') }} * 60 then 0
                else 1
            end
        ) over (
            partition by source_name, visitor_id
            order by occurred_at asc, activity_id asc
            rows between unbounded preceding and current row
        ) as run_number
    from gaps
),

-- A run of activity without a gap is cut every 24 hours.
days as (
    select
        *,
        floor(
            (
                {{ epoch_seconds('occurred_at') }}
                - min({{ epoch_seconds('occurred_at') }}) over (
                    partition by source_name, visitor_id, run_number
                )
            ) / 86400.0
        ) as day_number
    from runs
),

started as (
    select
        *,
        row_number() over (
            partition by source_name, visitor_id, run_number, day_number
            order by occurred_at asc, activity_id asc
        ) as session_position,
        first_value(activity_id) over (
            partition by source_name, visitor_id, run_number, day_number
            order by occurred_at asc, activity_id asc
            rows between unbounded preceding and current row
        ) as first_activity_id
    from days
)

select
    activity_id,
    md5(source_name || '|' || visitor_id || '|' || first_activity_id) as session_id,
    source_name,
    visitor_id,
    user_id,
    activity_type,
    activity_name,
    page_url,
    page_path,
    page_title,
    referrer,
    utm_source,
    utm_medium,
    utm_campaign,
    order_id,
    form,
    is_bot,
    bot_reason,
    cast(session_position as bigint) as session_position,
    cast(day_number as bigint) as day_number,
    occurred_at
from started
