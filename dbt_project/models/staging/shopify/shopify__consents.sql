-- One row per version of a Shopify customer and channel of marketing that is answered.
with
customers as (
    select
        *,
        'shopify.customer:' || customer_id as record_id,
        coalesce(updated_at, created_at) as stated_at
    from {{ ref('stg_shopify__customers') }}
),

guest_orders as (
    select
        orders.*,
        buyers.record_id
    from {{ ref('stg_shopify__orders') }} as orders
    inner join {{ ref('stg_shopify__buyers') }} as buyers
        on orders.order_id = buyers.order_id
    where buyers.is_known_by_orders_only
),

answers as (
    select
        record_id,
        'email' as channel,
        is_email_marketing_accepted as is_accepted,
        'Shopify customer' as origin,
        stated_at,
        coalesce(cast(stated_at as string), 'last') as answer,
        _file_id,
        _line
    from customers
    union all
    select
        record_id,
        'sms' as channel,
        is_sms_marketing_accepted as is_accepted,
        'Shopify customer' as origin,
        stated_at,
        coalesce(cast(stated_at as string), 'last') as answer,
        _file_id,
        _line
    from customers
    union all
    select
        record_id,
        'email' as channel,
        is_marketing_accepted as is_accepted,
        'Shopify checkout' as origin,
        ordered_at as stated_at,
        order_id as answer,
        _file_id,
        _line
    from guest_orders
)

select
    record_id || '/' || channel || '@' || answer as consent_id,
    record_id,
    null as identifier_kind,
    null as identifier_value,
    channel,
    'marketing' as purpose,
    case when is_accepted then 'granted' else 'withdrawn' end as status,
    origin,
    null as text_version,
    stated_at,
    _file_id as file_id,
    _line as line
from answers
where is_accepted is not null
