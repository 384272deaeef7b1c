-- One row per customer: a resolved human, or a browser nobody has named yet.
with
customer_ids as (
    select * from {{ ref('customer_ids') }}
),

records as (
    select * from {{ ref('records') }}
),

identifiers as (
    select * from {{ ref('customer_identifiers') }}
),

attributes as (
    select * from {{ ref('int_customers__attributes') }}
),

sessions as (
    select * from {{ ref('sessions') }}
    where customer_id is not null and not is_bot
),

timeline as (
    select * from {{ ref('timeline') }}
    where customer_id is not null
),

orders as (
    select * from {{ ref('orders') }}
    where customer_id is not null
),

order_lines as (
    select * from {{ ref('order_lines') }}
),

tickets as (
    select * from {{ ref('tickets') }}
    where customer_id is not null
),

deals as (
    select * from {{ ref('deals') }}
    where customer_id is not null
),

known as (
    select
        customer_ids.customer_id,
        count(*) as record_count,
        count_if(records.record_type = 'contact') as contact_count,
        count_if(
            records.record_type = 'customer' and records.source_name <> 'stripe'
        ) as shop_customer_count,
        count_if(records.record_type = 'visitor') as visitor_count,
        min(records.first_seen_at) as first_seen_at,
        max(records.last_seen_at) as last_seen_at
    from customer_ids
    inner join records on customer_ids.record_id = records.record_id
    group by customer_ids.customer_id
),

reachable as (
    select
        customer_id,
        count(*) as identifier_count,
        count_if(identifier_kind = 'email') as email_count,
        count_if(identifier_kind = 'phone') as phone_count
    from identifiers
    group by customer_id
),

first_sessions as (
    select
        *,
        row_number() over (
            partition by customer_id order by started_at asc, session_id asc
        ) as visit_number
    from sessions
),

visits as (
    select
        customer_id,
        count(*) as session_count,
        count_if(is_engaged) as engaged_session_count,
        count_if(
            started_at >= cast({{ as_of() }} as timestamp) - interval '30' day
        ) as session_count_30_days,
        sum(page_view_count) as page_view_count,
        max(ended_at) as last_visit_at
    from sessions
    group by customer_id
),

actions as (
    select
        customer_id,
        count_if(event_type = 'product viewed') as product_view_count,
        count_if(event_type = 'product added') as cart_add_count,
        count_if(event_type = 'form submitted') as form_count,
        count_if(event_type in ('note', 'call')) as note_count,
        max(
            case
                when
                    event_type in ('product added', 'checkout started')
                    then occurred_at
            end
        )
            as last_cart_at,
        max(case when event_type in ('note', 'call') then occurred_at end)
            as last_note_at
    from timeline
    group by customer_id
),

purchases as (
    select
        customer_id,
        count_if(not is_cancelled) as order_count,
        count_if(is_cancelled) as cancelled_order_count,
        count_if(
            not is_cancelled
            and ordered_at >= cast({{ as_of() }} as timestamp) - interval '90' day
        ) as order_count_90_days,
        sum(refund_count) as refund_count,
        sum(case when is_cancelled then 0 else reporting_total_amount end)
            as revenue_amount,
        sum(case when is_cancelled then 0 else reporting_refund_amount end)
            as refund_amount,
        min(case when not is_cancelled then ordered_at end) as first_order_at,
        max(case when not is_cancelled then ordered_at end) as last_order_at
    from orders
    group by customer_id
),

category_ranks as (
    select
        orders.customer_id,
        order_lines.category,
        row_number() over (
            partition by orders.customer_id
            order by sum(order_lines.item_count) desc, order_lines.category asc
        ) as category_rank
    from order_lines
    inner join orders on order_lines.order_id = orders.order_id
    where not orders.is_cancelled and order_lines.category is not null
    group by orders.customer_id, order_lines.category
),

support as (
    select
        customer_id,
        count(*) as ticket_count,
        count_if(is_open) as open_ticket_count,
        count_if(is_open and is_complaint) as open_complaint_count,
        max(created_at) as last_ticket_at
    from tickets
    group by customer_id
),

sales as (
    select
        customer_id,
        count(*) as deal_count,
        count_if(not is_won and not is_lost) as open_deal_count,
        count_if(is_won) as won_deal_count,
        max(modified_at) as last_deal_at
    from deals
    group by customer_id
)

select
    known.customer_id,
    coalesce(reachable.email_count, 0) + coalesce(reachable.phone_count, 0)
    + known.record_count - known.visitor_count > 0 as is_identified,
    -- Who it is.
    attributes.country_code,
    attributes.city,
    attributes.postal_code,
    attributes.birth_month,
    attributes.age_years,
    attributes.days_to_birthday,
    attributes.company_domain,
    attributes.lifecycle_stage,
    coalesce(attributes.is_marketing_accepted, false) as is_marketing_accepted,
    cast(known.record_count as bigint) as record_count,
    cast(known.contact_count as bigint) as contact_count,
    cast(known.shop_customer_count as bigint) as shop_customer_count,
    cast(known.visitor_count as bigint) as visitor_count,
    cast(coalesce(reachable.identifier_count, 0) as bigint) as identifier_count,
    cast(coalesce(reachable.email_count, 0) as bigint) as email_count,
    cast(coalesce(reachable.phone_count, 0) as bigint) as phone_count,
    -- How the customer came.
    first_sessions.channel_group as first_channel_group,
    first_sessions.source as first_source,
    first_sessions.medium as first_medium,
    first_sessions.campaign as first_campaign,
    first_sessions.landing_path as first_landing_path,
    -- What the customer does on the web.
    cast(coalesce(visits.session_count, 0) as bigint) as session_count,
    cast(coalesce(visits.engaged_session_count, 0) as bigint) as engaged_session_count,
    cast(coalesce(visits.session_count_30_days, 0) as bigint) as session_count_30_days,
    cast(coalesce(visits.page_view_count, 0) as bigint) as page_view_count,
    cast(coalesce(actions.product_view_count, 0) as bigint) as product_view_count,
    cast(coalesce(actions.cart_add_count, 0) as bigint) as cart_add_count,
    cast(coalesce(actions.form_count, 0) as bigint) as form_count,
    coalesce(
        actions.last_cart_at
        > coalesce(purchases.last_order_at, cast('1970-01-01' as timestamp))
        and actions.last_cart_at
        < cast({{ as_of() }} as timestamp)
        - interval '{{ var("cart_abandoned_after_hours") }}' hour,
        false
    ) as has_abandoned_cart,
    -- What the customer bought: in the reporting currency, without cancelled orders.
    '{{ var("reporting_currency") }}' as currency,
    cast(coalesce(purchases.order_count, 0) as bigint) as order_count,
    cast(coalesce(purchases.order_count_90_days, 0) as bigint) as order_count_90_days,
    cast(coalesce(purchases.cancelled_order_count, 0) as bigint)
        as cancelled_order_count,
    cast(coalesce(purchases.refund_count, 0) as bigint) as refund_count,
    cast(coalesce(purchases.revenue_amount, 0) as decimal(18, 2)) as revenue_amount,
    cast(coalesce(purchases.refund_amount, 0) as decimal(18, 2)) as refund_amount,
    cast(
        coalesce(purchases.revenue_amount, 0)
        - coalesce(purchases.refund_amount, 0) as decimal(18, 2)
    )
        as net_revenue_amount,
    -- By way of six places: half a cent is then rounded up, on every engine.
    cast(
        cast(
            purchases.revenue_amount
            / nullif(cast(purchases.order_count as double), 0) as decimal(18, 6)
        ) as decimal(18, 2)
    ) as average_order_amount,
    category_ranks.category as favourite_category,
    -- What the customer asked for help with, and what sales knows.
    cast(coalesce(support.ticket_count, 0) as bigint) as ticket_count,
    cast(coalesce(support.open_ticket_count, 0) as bigint) as open_ticket_count,
    cast(coalesce(support.open_complaint_count, 0) as bigint) as open_complaint_count,
    cast(coalesce(sales.deal_count, 0) as bigint) as deal_count,
    cast(coalesce(sales.open_deal_count, 0) as bigint) as open_deal_count,
    cast(coalesce(sales.won_deal_count, 0) as bigint) as won_deal_count,
    cast(coalesce(actions.note_count, 0) as bigint) as note_count,
    -- How long ago, in days before the run.
    cast(
        {{ days_between('visits.last_visit_at', as_of()) }} as bigint
    ) as days_since_last_visit,
    cast(
        {{ days_between('actions.last_cart_at', as_of()) }} as bigint
    ) as days_since_last_cart,
    cast(
        {{ days_between('purchases.last_order_at', as_of()) }} as bigint
    ) as days_since_last_order,
    cast(
        {{ days_between('actions.last_note_at', as_of()) }} as bigint
    ) as days_since_last_note,
    known.first_seen_at,
    known.last_seen_at,
    first_sessions.started_at as first_visit_at,
    visits.last_visit_at,
    actions.last_cart_at,
    purchases.first_order_at,
    purchases.last_order_at,
    support.last_ticket_at,
    sales.last_deal_at,
    actions.last_note_at
from known
left join reachable on known.customer_id = reachable.customer_id
left join attributes on known.customer_id = attributes.customer_id
left join first_sessions
    on
        known.customer_id = first_sessions.customer_id
        and first_sessions.visit_number = 1
left join visits on known.customer_id = visits.customer_id
left join actions on known.customer_id = actions.customer_id
left join purchases on known.customer_id = purchases.customer_id
left join category_ranks
    on
        known.customer_id = category_ranks.customer_id
        and category_ranks.category_rank = 1
left join support on known.customer_id = support.customer_id
left join sales on known.customer_id = sales.customer_id
