-- One row per thing that a browser did and that counts: no bots, no log, no repeats.
with
-- A server log knows networks, not people; use of the product is told as a touch.
activity as (
    select * from {{ ref('int_web__activity') }}
    where
        record_id is not null
        and activity_type <> 'feature'
        and not is_bot
        and not is_repeat
),

shared_browser_events as (
    select * from {{ ref('shared_browser_events') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
)

select
    activity.source_name,
    activity.activity_id as event_id,
    -- An account that nobody exported leaves what is known of the browser.
    case
        when named_ids.record_id is not null then activity.user_record_id
        else coalesce(shared_browser_events.record_id, activity.record_id)
    end as record_id,
    case
        when activity.activity_type = 'page' then 'page viewed'
        when activity.activity_type = 'identify' then 'identified'
        else lower(activity.event_name)
    end as event_type,
    'web' as channel,
    coalesce(activity.form, activity.order_id, activity.page_path) as subject,
    activity.session_id,
    case
        when activity.event_name = 'Order Completed' then activity.currency
    end as currency,
    case when activity.event_name = 'Order Completed' then activity.amount end
        as amount,
    activity.occurred_at
from activity
left join shared_browser_events
    on activity.activity_id = shared_browser_events.activity_id
left join customer_ids as named_ids
    on activity.user_record_id = named_ids.record_id
