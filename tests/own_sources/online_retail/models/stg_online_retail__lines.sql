-- One row per line of an invoice, exact repeats included: the shop wrote them so.
with
lines as (
    {{ current_rows(source('raw_online_retail', 'lines'), ['_file_id', '_line']) }}
)

select
    _file_id || ':' || cast(_line as string) as line_id,
    invoice_number,
    customer_number,
    sku,
    product_name,
    country,
    substr(invoice_number, 1, 1) = 'C' as is_refund,
    cast(quantity as int) as quantity,
    cast(unit_price as decimal(18, 4)) as unit_amount,
    cast(
        cast(quantity as int) * cast(unit_price as decimal(18, 4)) as decimal(18, 4)
    ) as line_amount,
    cast(invoiced_at as timestamp) as invoiced_at,
    _file_id,
    _line,
    _load_id
from lines
