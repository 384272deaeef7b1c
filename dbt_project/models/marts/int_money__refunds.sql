-- One row per refund, with its parts and its rates.
with
refunds as (
    select
        *,
        {{ business_day('refunded_at') }} as refunded_on
    from {{ ref('conformed__refunds') }}
),

orders as (
    select * from {{ ref('conformed__orders') }}
),

rates as (
    select * from {{ ref('currency_days') }}
),

-- A refund that does not say of what it is takes of all in the order's proportion.
shares as (
    select
        source_name,
        order_id,
        currency,
        record_key,
        coalesce(
            cast(shipping_amount as double) / nullif(cast(total_amount as double), 0), 0
        ) as shipping_rate,
        coalesce(
            cast(tax_amount as double) / nullif(cast(total_amount as double), 0), 0
        ) as tax_rate
    from orders
),

parts as (
    select
        refunds.*,
        shares.record_key,
        shares.currency as order_currency,
        coalesce(
            refunds.items_amount, refunds.shipping_amount, refunds.tax_amount
        ) is not null as has_parts,
        coalesce(shares.shipping_rate, 0) as shipping_rate,
        coalesce(shares.tax_rate, 0) as tax_rate
    from refunds
    left join shares
        on
            refunds.source_name = shares.source_name
            and refunds.order_id = shares.order_id
),

split as (
    select
        *,
        case
            when has_parts
                then
                    coalesce(
                        shipping_amount,
                        refund_amount - items_amount - coalesce(tax_amount, 0),
                        0
                    )
            else refund_amount * shipping_rate
        end as shipping_part_amount,
        case
            when has_parts
                then
                    coalesce(
                        tax_amount,
                        refund_amount - items_amount - shipping_amount,
                        0
                    )
            else refund_amount * tax_rate
        end as tax_part_amount
    from parts
)

select
    split.source_name,
    split.refund_id,
    split.order_id,
    split.record_key,
    split.is_final,
    split.currency,
    split.refund_amount,
    split.refund_amount - split.shipping_part_amount - split.tax_part_amount
        as items_part_amount,
    split.shipping_part_amount,
    split.tax_part_amount,
    split.order_currency,
    -- From the refund's currency into the order's, on the day of the refund.
    case
        when split.currency = split.order_currency then 1
        else
            {{ reporting_rate('split.currency') }}
            / nullif({{ reporting_rate('split.order_currency', 'order_rates') }}, 0)
    end as order_rate,
    {{ reporting_rate('split.currency') }} as reporting_rate,
    split.refunded_on,
    split.refunded_at,
    split.file_id
from split
left join rates
    on split.currency = rates.currency and split.refunded_on = rates.rated_on
left join rates as order_rates
    on
        split.order_currency = order_rates.currency
        and split.refunded_on = order_rates.rated_on
