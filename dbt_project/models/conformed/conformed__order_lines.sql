-- One row per line of an order, of the newest delivery of the order.
with
given as (
    {{ given('order_lines') }}
)

select
    source_name,
    order_id,
    line_number,
    sku,
    product_name,
    category,
    vendor,
    quantity,
    unit_amount,
    discount_amount,
    line_amount,
    file_id,
    line
from given
