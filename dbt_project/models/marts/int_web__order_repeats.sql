-- One row per completed order that was told again: a page reloaded, a second device.
with
activity as (
    select
        source_name,
        activity_id,
        order_id,
        is_server_side,
        occurred_at
    from {{ ref('conformed__web_activity') }}
    where activity_name = 'Order Completed' and order_id is not null
),

-- What a browser says counts before the server's call for the order: it has a visit.
ranked as (
    select
        *,
        row_number() over (
            partition by order_id
            order by is_server_side asc, occurred_at asc, activity_id asc
        ) as telling
    from activity
)

select
    source_name,
    activity_id
from ranked
where telling > 1
