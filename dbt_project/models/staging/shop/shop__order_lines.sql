-- One row per line of an order of the shop.
with
order_lines as (
    select * from {{ ref('stg_shop__order_lines') }}
)

select
    order_id,
    line_number,
    sku,
    product_name,
    category,
    null as vendor,
    quantity,
    unit_amount,
    discount_amount,
    line_amount,
    _file_id as file_id,
    _line as line
from order_lines
