-- One row per order of the shop's ledger.
with
orders as (
    select
        *,
        total_amount - shipping_amount as goods_amount
    from {{ ref('stg_shop__orders') }}
)

select
    order_id,
    order_id as order_name,
    'shop.customer:' || customer_id as record_id,
    email,
    null as phone,
    status,
    status = 'test' as is_test,
    channel,
    currency,
    -- Some shops write a subtotal with its tax, or after discounts: the total tells.
    case
        when abs(subtotal_amount - discount_amount + tax_amount - goods_amount) < 0.005
            then subtotal_amount
        when abs(subtotal_amount - discount_amount - goods_amount) < 0.005
            then subtotal_amount - tax_amount
        when abs(subtotal_amount + tax_amount - goods_amount) < 0.005
            then subtotal_amount + discount_amount
        when abs(subtotal_amount - goods_amount) < 0.005
            then subtotal_amount + discount_amount - tax_amount
        else subtotal_amount
    end as items_amount,
    discount_amount,
    shipping_amount,
    tax_amount,
    total_amount,
    ordered_at,
    null as paid_at,
    null as cancelled_at,
    updated_at,
    _file_id as file_id,
    _line as line
from orders
