-- One row per customer: a resolved human, or a browser nobody has named yet.
with
known as (
    select * from {{ ref('int_customers__records') }}
),

attributes as (
    select * from {{ ref('int_customers__attributes') }}
),

consents as (
    select * from {{ ref('int_customers__consents') }}
),

web as (
    select * from {{ ref('int_customers__web') }}
),

touches as (
    select * from {{ ref('int_customers__touches') }}
),

orders as (
    select * from {{ ref('int_customers__orders') }}
),

products as (
    select * from {{ ref('int_customers__products') }}
),

cart as (
    select * from {{ ref('int_customers__cart') }}
),

subscriptions as (
    select * from {{ ref('int_customers__subscriptions') }}
),

support as (
    select * from {{ ref('int_customers__support') }}
),

sales as (
    select * from {{ ref('int_customers__sales') }}
)

-- Each group has one row per customer, so that no join multiplies another's counts.
select
    known.customer_id,
    -- Which records and identifiers it is.
    known.is_identified,
    cast(known.record_count as bigint) as record_count,
    cast(known.contact_count as bigint) as contact_count,
    cast(known.shop_customer_count as bigint) as shop_customer_count,
    cast(known.visitor_count as bigint) as visitor_count,
    cast(coalesce(known.identifier_count, 0) as bigint) as identifier_count,
    cast(coalesce(known.email_count, 0) as bigint) as email_count,
    cast(coalesce(known.phone_count, 0) as bigint) as phone_count,
    cast(coalesce(known.device_count, 0) as bigint) as device_count,
    known.household_id,
    known.account_id,
    known.weakest_link_score,
    -- Where it lives, and who it is, as it survives of all sources.
    attributes.country_code,
    attributes.city,
    attributes.postal_code,
    attributes.language,
    attributes.birth_month,
    attributes.age_years,
    attributes.days_to_birthday,
    attributes.company_name,
    attributes.company_domain,
    attributes.job_title,
    attributes.lifecycle_stage,
    -- What it accepts; what it never said is no.
    coalesce(consents.is_any_accepted, false) as is_marketing_accepted,
    coalesce(consents.is_email_accepted, false) as is_email_marketing_accepted,
    coalesce(consents.is_sms_accepted, false) as is_sms_marketing_accepted,
    coalesce(consents.is_phone_accepted, false) as is_phone_marketing_accepted,
    coalesce(consents.is_post_accepted, false) as is_post_marketing_accepted,
    consents.last_consent_at,
    -- How it came.
    web.first_channel_group,
    web.first_source,
    web.first_medium,
    web.first_campaign,
    web.first_referrer_host,
    web.first_landing_path,
    web.last_non_direct_channel_group,
    web.last_non_direct_source,
    web.last_non_direct_medium,
    web.last_non_direct_campaign,
    web.last_non_direct_referrer_host,
    web.last_non_direct_landing_path,
    -- What it does on the web.
    cast(coalesce(web.session_count, 0) as bigint) as session_count,
    cast(coalesce(web.session_count_30_days, 0) as bigint) as session_count_30_days,
    cast(coalesce(web.session_count_90_days, 0) as bigint) as session_count_90_days,
    cast(coalesce(web.engaged_session_count, 0) as bigint) as engaged_session_count,
    cast(coalesce(web.engaged_session_count_30_days, 0) as bigint)
        as engaged_session_count_30_days,
    cast(coalesce(web.engaged_session_count_90_days, 0) as bigint)
        as engaged_session_count_90_days,
    cast(coalesce(web.page_view_count, 0) as bigint) as page_view_count,
    cast(coalesce(web.page_view_count_30_days, 0) as bigint) as page_view_count_30_days,
    cast(coalesce(web.page_view_count_90_days, 0) as bigint) as page_view_count_90_days,
    cast(coalesce(web.conversion_count, 0) as bigint) as conversion_count,
    cast(coalesce(web.product_view_count, 0) as bigint) as product_view_count,
    cast(coalesce(web.product_view_count_30_days, 0) as bigint)
        as product_view_count_30_days,
    cast(coalesce(web.product_view_count_90_days, 0) as bigint)
        as product_view_count_90_days,
    cast(coalesce(web.search_count, 0) as bigint) as search_count,
    cast(coalesce(web.cart_add_count, 0) as bigint) as cart_add_count,
    cast(coalesce(web.form_count, 0) as bigint) as form_count,
    -- How it uses the product.
    cast(coalesce(touches.product_use_count, 0) as bigint) as product_use_count,
    cast(coalesce(touches.product_use_count_30_days, 0) as bigint)
        as product_use_count_30_days,
    cast(coalesce(touches.product_use_day_count_30_days, 0) as bigint)
        as product_use_day_count_30_days,
    -- Which messages it got.
    cast(coalesce(touches.email_sent_count, 0) as bigint) as email_sent_count,
    cast(coalesce(touches.email_opened_count, 0) as bigint) as email_opened_count,
    cast(coalesce(touches.email_machine_opened_count, 0) as bigint)
        as email_machine_opened_count,
    cast(coalesce(touches.email_clicked_count, 0) as bigint) as email_clicked_count,
    cast(coalesce(touches.email_bounced_count, 0) as bigint) as email_bounced_count,
    cast(coalesce(touches.sms_sent_count, 0) as bigint) as sms_sent_count,
    cast(coalesce(touches.sms_clicked_count, 0) as bigint) as sms_clicked_count,
    cast(coalesce(touches.sms_failed_count, 0) as bigint) as sms_failed_count,
    cast(coalesce(touches.social_count, 0) as bigint) as social_count,
    -- What it bought, in the reporting currency: of orders that earn.
    '{{ var("reporting_currency") }}' as currency,
    cast(coalesce(orders.order_count, 0) as bigint) as order_count,
    cast(coalesce(orders.order_count_90_days, 0) as bigint) as order_count_90_days,
    cast(coalesce(orders.cancelled_order_count, 0) as bigint) as cancelled_order_count,
    cast(coalesce(orders.failed_order_count, 0) as bigint) as failed_order_count,
    cast(coalesce(orders.unmapped_order_count, 0) as bigint) as unmapped_order_count,
    cast(coalesce(orders.refund_count, 0) as bigint) as refund_count,
    {%- for amount in [
        'revenue', 'items', 'discount', 'shipping', 'tax', 'refund', 'net_revenue'
    ] %}
    {{ money(
        'case when orders.order_count > 0 then orders.' ~ amount
        ~ '_amount else 0 end'
    ) }} as {{ amount }}_amount,
    {%- endfor %}
    {{ money('orders.average_order_amount') }} as average_order_amount,
    {{ money('orders.last_order_amount') }} as last_order_amount,
    orders.return_rate,
    orders.days_between_orders,
    -- Which products.
    cast(coalesce(products.item_count, 0) as bigint) as item_count,
    cast(coalesce(products.product_count, 0) as bigint) as product_count,
    products.favourite_category,
    products.favourite_product_name,
    -- What it left in the cart.
    cart.customer_id is not null as has_open_cart,
    coalesce(cart.is_abandoned, false) as has_abandoned_cart,
    cast(cart.item_count as bigint) as open_cart_item_count,
    {{ money('cart.reporting_amount') }} as open_cart_amount,
    -- What it subscribes to.
    cast(coalesce(subscriptions.subscription_count, 0) as bigint) as subscription_count,
    cast(coalesce(subscriptions.active_subscription_count, 0) as bigint)
        as active_subscription_count,
    {{ money(
        'case when subscriptions.subscription_count > 0'
        ' then subscriptions.monthly_recurring_amount else 0 end'
    ) }} as monthly_recurring_amount,
    -- What it asked for help with.
    cast(coalesce(support.ticket_count, 0) as bigint) as ticket_count,
    cast(coalesce(support.open_ticket_count, 0) as bigint) as open_ticket_count,
    cast(coalesce(support.open_complaint_count, 0) as bigint) as open_complaint_count,
    support.average_resolution_seconds,
    -- What sales knows.
    cast(coalesce(sales.deal_count, 0) as bigint) as deal_count,
    cast(coalesce(sales.open_deal_count, 0) as bigint) as open_deal_count,
    cast(coalesce(sales.won_deal_count, 0) as bigint) as won_deal_count,
    cast(coalesce(sales.lost_deal_count, 0) as bigint) as lost_deal_count,
    {%- for state in ['open', 'won', 'lost'] %}
    {{ money(
        'case when sales.deal_count > 0 then sales.' ~ state
        ~ '_deal_amount else 0 end'
    ) }} as {{ state }}_deal_amount,
    {%- endfor %}
    sales.next_expected_close_on,
    cast(coalesce(touches.touch_count, 0) as bigint) as touch_count,
    cast(coalesce(touches.note_count, 0) as bigint) as note_count,
    cast(coalesce(touches.call_count, 0) as bigint) as call_count,
    cast(coalesce(touches.meeting_count, 0) as bigint) as meeting_count,
    -- How well it is known.
    cast(known.source_count as bigint) as source_count,
    known.source_names,
    coalesce(attributes.attribute_count, 0) / 10.0 as completeness_rate,
    cast(coalesce(attributes.contradicted_attribute_count, 0) as bigint)
        as conflict_count,
    -- How long ago, in business days before the run.
    cast({{ days_between(
        business_day('web.last_visit_at'), as_of()
    ) }} as bigint) as days_since_last_visit,
    cast({{ days_between(
        business_day('web.last_cart_at'), as_of()
    ) }} as bigint) as days_since_last_cart,
    cast({{ days_between(
        business_day('orders.last_order_at'), as_of()
    ) }} as bigint) as days_since_last_order,
    cast({{ days_between(
        business_day('touches.last_touch_at'), as_of()
    ) }} as bigint) as days_since_last_touch,
    cast({{ days_between(
        business_day('touches.last_note_at'), as_of()
    ) }} as bigint) as days_since_last_note,
    -- When.
    known.first_seen_at,
    known.last_seen_at,
    web.first_visit_at,
    web.last_visit_at,
    web.last_non_direct_visit_at,
    touches.last_product_use_at,
    touches.last_email_sent_at,
    touches.last_email_opened_at,
    touches.last_email_clicked_at,
    touches.last_sms_sent_at,
    web.last_cart_at,
    cart.since_at as open_cart_since_at,
    orders.first_order_at,
    orders.last_order_at,
    subscriptions.first_subscribed_at,
    support.last_ticket_at,
    sales.last_deal_at,
    touches.last_note_at,
    touches.last_touch_at
from known
left join attributes on known.customer_id = attributes.customer_id
left join consents on known.customer_id = consents.customer_id
left join web on known.customer_id = web.customer_id
left join touches on known.customer_id = touches.customer_id
left join orders on known.customer_id = orders.customer_id
left join products on known.customer_id = products.customer_id
left join cart on known.customer_id = cart.customer_id
left join subscriptions on known.customer_id = subscriptions.customer_id
left join support on known.customer_id = support.customer_id
left join sales on known.customer_id = sales.customer_id
