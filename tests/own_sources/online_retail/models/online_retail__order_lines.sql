-- One row per line of an invoice that is no cancellation.
with
lines as (
    select * from {{ ref('stg_online_retail__lines') }}
    where not is_refund
)

select
    invoice_number as order_id,
    row_number() over (
        partition by invoice_number order by _file_id asc, _line asc
    ) as line_number,
    sku,
    product_name,
    null as category,
    null as vendor,
    quantity,
    unit_amount,
    0 as discount_amount,
    line_amount,
    _file_id as file_id,
    _line as line
from lines
