-- One row per thing that happened with someone, in any source.
with
activity as (
    select * from {{ ref('int_web__activity') }}
),

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

refunds as (
    select * from {{ ref('stg_shop__refunds') }}
),

deals as (
    select * from {{ ref('conformed__deals') }}
),

notes as (
    select * from {{ ref('stg_hubspot__notes') }}
),

tickets as (
    select * from {{ ref('conformed__tickets') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

shared_browser_events as (
    select * from {{ ref('shared_browser_events') }}
),

everything as (
    select
        'web_events' as source_name,
        activity.activity_id as event_id,
        coalesce(
            shared_browser_events.record_id, activity.record_id
        ) as browser_record_id,
        activity.user_record_id as named_record_id,
        case
            when activity.activity_type = 'page' then 'page viewed'
            when activity.activity_type = 'identify' then 'identified'
            else lower(activity.event_name)
        end as event_type,
        coalesce(activity.form, activity.order_id, activity.page_path) as subject,
        activity.session_id,
        cast(null as decimal(18, 2)) as amount,
        cast(null as string) as currency,
        activity.occurred_at
    from activity
    left join shared_browser_events
        on activity.activity_id = shared_browser_events.activity_id
    where
        activity.source_name = 'web_events'
        and activity.activity_type <> 'feature'
        and not activity.is_bot
        and not activity.is_repeat
    union all
    select
        'shop' as source_name,
        'order:' || order_id as event_id,
        null as browser_record_id,
        'shop.customer:' || customer_id as named_record_id,
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
        null as browser_record_id,
        'shop.customer:' || orders.customer_id as named_record_id,
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
        source_name,
        'deal:' || deal_id as event_id,
        null as browser_record_id,
        record_id as named_record_id,
        'deal created' as event_type,
        deal_id as subject,
        null as session_id,
        {{ money('deal_amount') }} as amount,
        currency,
        created_at as occurred_at
    from deals
    union all
    select
        source_name,
        'deal closed:' || deal_id as event_id,
        null as browser_record_id,
        record_id as named_record_id,
        'closed ' || state as event_type,
        deal_id as subject,
        null as session_id,
        {{ money('deal_amount') }} as amount,
        currency,
        closed_at as occurred_at
    from deals
    where closed_at is not null
    union all
    select
        'hubspot' as source_name,
        'note:' || note_id as event_id,
        null as browser_record_id,
        'hubspot.contact:' || trim(split_part(contact_ids, ';', 1)) as named_record_id,
        coalesce(activity_type, 'note') as event_type,
        note_id as subject,
        null as session_id,
        null as amount,
        null as currency,
        activity_at as occurred_at
    from notes
    union all
    select
        source_name,
        'ticket:' || ticket_id as event_id,
        null as browser_record_id,
        record_id as named_record_id,
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
    -- An account that nobody exported leaves what is known of the browser.
    case
        when named_ids.record_id is null and everything.browser_record_id is not null
            then everything.browser_record_id
        else everything.named_record_id
    end as record_id,
    coalesce(named_ids.customer_id, browser_ids.customer_id) as customer_id,
    everything.event_type,
    everything.subject,
    everything.session_id,
    everything.currency,
    {{ money("everything.amount") }} as amount,
    everything.occurred_at
from everything
left join customer_ids as named_ids
    on everything.named_record_id = named_ids.record_id
left join customer_ids as browser_ids
    on everything.browser_record_id = browser_ids.record_id
