-- One row per line item of an order of the Shopify store.
with
order_lines as (
    select * from {{ ref('stg_shopify__order_lines') }}
)

select
    order_id,
    line_number,
    sku,
    product_name,
    null as category,
    vendor,
    quantity,
    unit_amount,
    discount_amount,
    line_amount,
    _file_id as file_id,
    _line as line
from order_lines
