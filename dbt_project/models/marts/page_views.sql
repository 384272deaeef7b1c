-- One row per page seen, by a person or a bot.
with
activity as (
    select * from {{ ref('int_web__sessionized') }}
),

pages as (
    select
        *,
        lead(occurred_at) over (
            partition by session_id order by occurred_at asc, activity_id asc
        ) as next_seen_at
    from activity
    where activity_type = 'page'
)

select
    activity_id as page_view_id,
    session_id,
    source_name,
    visitor_id,
    page_path,
    page_title,
    is_bot,
    -- Nobody knows how long the last page was looked at.
    cast(
        {{ epoch_seconds('next_seen_at') }}
        - {{ epoch_seconds('occurred_at') }} as bigint
    ) as dwell_seconds,
    occurred_at as viewed_at
from pages
