-- One row per order of the Shopify store.
with
orders as (
    select * from {{ ref('stg_shopify__orders') }}
),

buyers as (
    select * from {{ ref('stg_shopify__buyers') }}
),

-- Where prices include the tax, the subtotal holds it; an export of the admin does not
-- say so, but its total then does without it.
taxed as (
    select
        *,
        case
            when
                coalesce(
                    is_tax_included,
                    abs(subtotal_amount + coalesce(shipping_amount, 0) - total_amount)
                    < 0.005
                )
                then tax_amount
            else 0
        end as included_tax_amount
    from orders
)

select
    taxed.order_id,
    taxed.order_name,
    buyers.record_id,
    taxed.email,
    taxed.phone,
    taxed.financial_status as status,
    taxed.is_test,
    taxed.channel,
    taxed.currency,
    -- The subtotal is after discounts.
    taxed.subtotal_amount + taxed.discount_amount - taxed.included_tax_amount
        as items_amount,
    taxed.discount_amount,
    coalesce(
        taxed.shipping_amount,
        taxed.total_amount - taxed.subtotal_amount
        - taxed.tax_amount + taxed.included_tax_amount
    ) as shipping_amount,
    taxed.tax_amount,
    taxed.total_amount,
    taxed.ordered_at,
    taxed.paid_at,
    taxed.cancelled_at,
    taxed.updated_at,
    taxed._file_id as file_id,
    taxed._line as line
from taxed
left join buyers on taxed.order_id = buyers.order_id
