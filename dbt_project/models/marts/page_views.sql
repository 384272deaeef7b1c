-- One row per page seen, by a person or a bot.
with
pages as (
    select
        activity_key,
        -- Nobody knows how long the last page was looked at.
        {{ epoch_seconds("lead(occurred_at) over (
            partition by visitor_key, session_second
            order by occurred_at asc, activity_key asc
        )") }}
        - {{ epoch_seconds('occurred_at') }} as dwell_seconds
    from {{ ref('int_web__sessionized') }}
    where is_page_view
),

activity as (
    select * from {{ ref('int_web__activity') }}
    where is_page_view
),

uncounted_days as (
    select * from {{ ref('int_web__uncounted_days') }}
)

select
    activity.activity_id as page_view_id,
    activity.session_id,
    activity.source_name,
    activity.visitor_id,
    activity.page_host,
    activity.page_path,
    activity.page_title,
    activity.is_bot,
    uncounted_days.source_name is null as is_counted,
    cast(pages.dwell_seconds as bigint) as dwell_seconds,
    activity.occurred_at as viewed_at
from activity
inner join pages on activity.activity_key = pages.activity_key
left join uncounted_days
    on
        activity.source_name = uncounted_days.source_name
        and coalesce(activity.page_host, '') = uncounted_days.page_host
        and cast(activity.occurred_at as date) = uncounted_days.active_on
