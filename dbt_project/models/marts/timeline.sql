-- One row per thing that happened with someone, in any source.
with
activity as (
    select * from {{ ref('int_web__sessionized') }}
),

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

refunds as (
    select * from {{ ref('stg_shop__refunds') }}
),

deals as (
    select * from {{ ref('stg_hubspot__deals') }}
),

notes as (
    select * from {{ ref('stg_hubspot__notes') }}
),

tickets as (
    select * from {{ ref('stg_hubspot__tickets') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

everything as (
    select
        'web_events' as source_name,
        activity_id as event_id,
        coalesce('shop.customer:' || user_id, 'web.visitor:' || visitor_id)
            as record_id,
        case
            when activity_type = 'page' then 'page viewed'
            when activity_type = 'identify' then 'identified'
            else lower(activity_name)
        end as event_type,
        coalesce(form, order_id, page_path) as subject,
        session_id,
        cast(null as decimal(18, 2)) as amount,
        cast(null as string) as currency,
        occurred_at
    from activity
    where source_name = 'web_events' and not is_bot
    union all
    select
        'shop' as source_name,
        'order:' || order_id as event_id,
        'shop.customer:' || customer_id as record_id,
        'order placed' as event_type,
        order_id as subject,
        null as session_id,
        total_amount as amount,
        currency,
        ordered_at as occurred_at
    from orders
    union all
    select
        'shop' as source_name,
        'refund:' || refunds.refund_id as event_id,
        'shop.customer:' || orders.customer_id as record_id,
        'order refunded' as event_type,
        refunds.order_id as subject,
        null as session_id,
        refunds.refund_amount as amount,
        refunds.currency,
        refunds.refunded_at as occurred_at
    from refunds
    left join orders on refunds.order_id = orders.order_id
    union all
    select
        'hubspot' as source_name,
        'deal:' || deal_id as event_id,
        'hubspot.contact:' || trim(split_part(contact_ids, ';', 1)) as record_id,
        'deal created' as event_type,
        deal_id as subject,
        null as session_id,
        deal_amount as amount,
        currency,
        created_at as occurred_at
    from deals
    union all
    select
        'hubspot' as source_name,
        'deal closed:' || deal_id as event_id,
        'hubspot.contact:' || trim(split_part(contact_ids, ';', 1)) as record_id,
        lower(deal_stage) as event_type,
        deal_id as subject,
        null as session_id,
        deal_amount as amount,
        currency,
        closed_at as occurred_at
    from deals
    where lower(deal_stage) in ('closed won', 'closed lost') and closed_at is not null
    union all
    select
        'hubspot' as source_name,
        'note:' || note_id as event_id,
        'hubspot.contact:' || trim(split_part(contact_ids, ';', 1)) as record_id,
        coalesce(activity_type, 'note') as event_type,
        note_id as subject,
        null as session_id,
        null as amount,
        null as currency,
        activity_at as occurred_at
    from notes
    union all
    select
        'hubspot' as source_name,
        'ticket:' || ticket_id as event_id,
        'hubspot.contact:' || trim(split_part(contact_ids, ';', 1)) as record_id,
        'ticket opened' as event_type,
        ticket_id as subject,
        null as session_id,
        null as amount,
        null as currency,
        created_at as occurred_at
    from tickets
)

select
    everything.source_name,
    everything.event_id,
    everything.record_id,
    customer_ids.customer_id,
    everything.event_type,
    everything.subject,
    everything.session_id,
    everything.currency,
    everything.amount,
    everything.occurred_at
from everything
left join customer_ids on everything.record_id = customer_ids.record_id
