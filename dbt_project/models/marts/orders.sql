-- One row per order of the sources whose orders count, in every status.
with
orders as (
    select
        *,
        {{ business_day('ordered_at') }} as ordered_on,
        status_class in ('paid', 'refunded', 'partly refunded') as is_earning
    from {{ ref('conformed__orders') }}
),

lines as (
    select * from {{ ref('conformed__order_lines') }}
),

refunds as (
    select * from {{ ref('int_money__refunds') }}
    where is_final
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

rates as (
    select * from {{ ref('currency_days') }}
),

line_sums as (
    select
        source_name,
        order_id,
        count(*) as line_count,
        sum(quantity) as item_count
    from lines
    group by source_name, order_id
),

-- One refund without a rate leaves the sum unknown.
refund_sums as (
    select
        source_name,
        order_id,
        count(*) as refund_count,
        case when count(*) = count(order_rate) then sum(refund_amount * order_rate) end
            as refund_amount,
        case
            when count(*) = count(order_rate) then sum(items_part_amount * order_rate)
        end as refund_items_amount,
        case
            when count(*) = count(reporting_rate)
                then sum(refund_amount * reporting_rate)
        end as reporting_refund_amount,
        case
            when count(*) = count(reporting_rate)
                then sum(items_part_amount * reporting_rate)
        end as reporting_refund_items_amount,
        max(refunded_at) as last_refunded_at
    from refunds
    group by source_name, order_id
),

priced as (
    select
        orders.*,
        customer_ids.customer_id,
        orders.total_amount
        - coalesce(orders.tax_amount, 0)
        - coalesce(orders.shipping_amount, 0) as net_before_refunds_amount,
        coalesce(line_sums.line_count, 0) as line_count,
        coalesce(line_sums.item_count, 0) as item_count,
        coalesce(refund_sums.refund_count, 0) as refund_count,
        case when refund_sums.order_id is null then 0 else refund_sums.refund_amount end
            as refund_amount,
        case
            when refund_sums.order_id is null then 0
            else refund_sums.refund_items_amount
        end as refund_items_amount,
        case
            when refund_sums.order_id is null then 0
            else refund_sums.reporting_refund_amount
        end as reporting_refund_amount,
        case
            when refund_sums.order_id is null then 0
            else refund_sums.reporting_refund_items_amount
        end as reporting_refund_items_amount,
        refund_sums.last_refunded_at,
        {{ reporting_rate('orders.currency') }} as rate
    from orders
    left join line_sums
        on
            orders.source_name = line_sums.source_name
            and orders.order_id = line_sums.order_id
    left join refund_sums
        on
            orders.source_name = refund_sums.source_name
            and orders.order_id = refund_sums.order_id
    left join rates
        on orders.currency = rates.currency and orders.ordered_on = rates.rated_on
    left join customer_ids on orders.record_id = customer_ids.record_id
)

select
    source_name,
    order_id,
    order_name,
    customer_id,
    record_id,
    case when record_id like 'shop.customer:%' then split_part(record_id, ':', 2) end
        as shop_customer_id,
    status,
    status_class,
    channel,
    is_earning,
    status_class = 'cancelled' as is_cancelled,
    coalesce(is_test, false) or status_class = 'test' as is_test,
    coalesce(total_amount = 0, false) as is_zero_amount,
    currency,
    {{ money('items_amount') }} as subtotal_amount,
    {{ money('discount_amount') }} as discount_amount,
    {{ money('shipping_amount') }} as shipping_amount,
    {{ money('tax_amount') }} as tax_amount,
    {{ money('total_amount') }} as total_amount,
    {{ money('refund_amount') }} as refund_amount,
    -- Earned is only what was paid.
    {{ money(
        'case when is_earning then net_before_refunds_amount - refund_items_amount'
        ' else 0 end'
    ) }} as net_amount,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('items_amount * rate') }} as reporting_subtotal_amount,
    {{ money('discount_amount * rate') }} as reporting_discount_amount,
    {{ money('shipping_amount * rate') }} as reporting_shipping_amount,
    {{ money('tax_amount * rate') }} as reporting_tax_amount,
    {{ money('total_amount * rate') }} as reporting_total_amount,
    {{ money('reporting_refund_amount') }} as reporting_refund_amount,
    {{ money(
        'case when is_earning'
        ' then net_before_refunds_amount * rate - reporting_refund_items_amount'
        ' else 0 end'
    ) }} as reporting_net_amount,
    cast(line_count as bigint) as line_count,
    cast(item_count as bigint) as item_count,
    cast(refund_count as bigint) as refund_count,
    ordered_on,
    ordered_at,
    last_refunded_at,
    updated_at,
    file_id
from priced
