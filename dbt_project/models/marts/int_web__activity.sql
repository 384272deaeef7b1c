-- One row per thing a visitor did on the web: a page seen, an event, an identify call.
with
activity as (
    select
        *,
        {{ text_key("source_name || '|' || activity_id") }} as activity_key
    from {{ ref('conformed__web_activity') }}
    where activity_type <> 'request' or is_page_view
),

sessionized as (
    select * from {{ ref('int_web__sessionized') }}
),

repeats as (
    select * from {{ ref('int_web__order_repeats') }}
),

bots as (
    select * from {{ ref('int_web__bots') }}
)

select
    activity.activity_id,
    activity.activity_key,
    activity.source_name,
    activity.visitor_id,
    activity.record_id,
    activity.user_record_id,
    md5(
        activity.source_name || '|' || activity.visitor_id || '|'
        || cast(sessionized.session_second as string)
    ) as session_id,
    activity.activity_type,
    activity.activity_name as event_name,
    activity.is_page_view,
    activity.is_server_side,
    repeats.activity_id is not null as is_repeat,
    bots.visitor_id is not null as is_bot,
    activity.page_host,
    activity.page_path,
    activity.page_title,
    activity.order_id,
    activity.cart_id,
    activity.product_id,
    activity.product_name,
    activity.category,
    activity.quantity,
    activity.currency,
    activity.amount,
    activity.search_query,
    activity.form,
    activity.occurred_at
from activity
left join sessionized on activity.activity_key = sessionized.activity_key
left join repeats
    on
        activity.activity_id = repeats.activity_id
        and activity.source_name = repeats.source_name
left join bots
    on
        activity.visitor_id = bots.visitor_id
        and activity.source_name = bots.source_name
