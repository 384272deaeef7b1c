-- One row per customer with an open cart: what lies in it, and since when.
with
-- The timeline knows whose browser it was, and leaves out bots and repeats.
timeline as (
    select * from {{ ref('timeline') }}
    where customer_id is not null and channel = 'web'
),

activity as (
    select * from {{ ref('conformed__web_activity') }}
    where
        activity_name in ('Product Added', 'Product Removed', 'Checkout Started')
),

orders as (
    select * from {{ ref('orders') }}
    where customer_id is not null and status_class <> 'failed'
),

rates as (
    select * from {{ ref('currency_days') }}
),

-- An order ends the cart, whether the shop's ledger or the browser tells of it.
endings as (
    select
        customer_id,
        ordered_at as ended_at
    from orders
    union all
    select
        customer_id,
        occurred_at as ended_at
    from timeline
    where event_type = 'order completed'
),

last_endings as (
    select
        customer_id,
        max(ended_at) as ended_at
    from endings
    group by customer_id
),

changes as (
    select
        timeline.customer_id,
        activity.activity_name,
        case
            when activity.activity_name = 'Checkout Started' then ''
            else coalesce(activity.product_id, activity.product_name, '')
        end as product_key,
        coalesce(activity.quantity, 1) as quantity,
        activity.currency,
        activity.amount,
        activity.amount / nullif(coalesce(activity.quantity, 1), 0) as unit_amount,
        activity.occurred_at,
        row_number() over (
            partition by
                timeline.customer_id,
                activity.activity_name,
                case
                    when activity.activity_name = 'Checkout Started' then ''
                    else coalesce(activity.product_id, activity.product_name, '')
                end
            order by activity.occurred_at desc, activity.activity_id desc
        ) as recency_rank
    from timeline
    inner join activity
        on
            timeline.source_name = activity.source_name
            and timeline.event_id = activity.activity_id
    left join last_endings on timeline.customer_id = last_endings.customer_id
    where
        last_endings.ended_at is null
        or activity.occurred_at > last_endings.ended_at
),

-- What was added and not taken out again, at the price it had when last added.
products as (
    select
        customer_id,
        product_key,
        sum(case
            when activity_name = 'Product Added' then quantity else -quantity
        end) as quantity,
        max(case
            when activity_name = 'Product Added' and recency_rank = 1 then unit_amount
        end) as unit_amount,
        max(case
            when activity_name = 'Product Added' and recency_rank = 1 then currency
        end) as currency,
        min(case when activity_name = 'Product Added' then occurred_at end)
            as added_at,
        max(case when activity_name = 'Product Added' then occurred_at end)
            as last_added_at
    from changes
    where activity_name <> 'Checkout Started'
    group by customer_id, product_key
),

-- A shop that tells of the checkout alone has a cart without known items.
checkouts as (
    select
        customer_id,
        cast(null as bigint) as quantity,
        amount as unit_amount,
        currency,
        occurred_at as added_at,
        occurred_at as last_added_at
    from changes
    where activity_name = 'Checkout Started' and recency_rank = 1
),

contents as (
    select
        customer_id,
        quantity,
        quantity * unit_amount as amount,
        currency,
        added_at,
        last_added_at
    from products
    where quantity > 0
    union all
    select
        checkouts.customer_id,
        checkouts.quantity,
        checkouts.unit_amount as amount,
        checkouts.currency,
        checkouts.added_at,
        checkouts.last_added_at
    from checkouts
    left join products on checkouts.customer_id = products.customer_id
    where products.customer_id is null
),

last_changes as (
    select
        customer_id,
        max(occurred_at) as changed_at
    from changes
    group by customer_id
),

priced as (
    select
        contents.*,
        contents.amount * {{ reporting_rate('contents.currency') }} as reporting_amount
    from contents
    left join rates
        on
            contents.currency = rates.currency
            and {{ business_day('contents.last_added_at') }} = rates.rated_on
)

select
    priced.customer_id,
    sum(priced.quantity) as item_count,
    -- An item without a price or a rate leaves the value unknown.
    case
        when count(priced.reporting_amount) = count(*)
            then sum(priced.reporting_amount)
    end as reporting_amount,
    min(priced.added_at) as since_at,
    max(last_changes.changed_at) as changed_at,
    max(last_changes.changed_at)
    < {{ end_of_day(as_of() ~ ' - 1') }}
    - interval '{{ var("cart_abandoned_after_hours") }}' hour as is_abandoned
from priced
inner join last_changes on priced.customer_id = last_changes.customer_id
group by priced.customer_id
