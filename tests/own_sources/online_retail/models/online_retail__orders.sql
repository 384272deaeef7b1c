-- One row per invoice of the gift shop that is no cancellation.
with
lines as (
    select * from {{ ref('stg_online_retail__lines') }}
    where not is_refund
)

select
    invoice_number as order_id,
    invoice_number as order_name,
    'online_retail.customer:' || min(customer_number) as record_id,
    null as email,
    null as phone,
    -- Corrections of bad debt are invoices of their own that nobody paid.
    case when substr(invoice_number, 1, 1) = 'A' then 'correction' else 'paid' end
        as status,
    false as is_test,
    'post' as channel,
    'GBP' as currency,
    sum(line_amount) as items_amount,
    0 as discount_amount,
    0 as shipping_amount,
    0 as tax_amount,
    sum(line_amount) as total_amount,
    min(invoiced_at) as ordered_at,
    null as paid_at,
    null as cancelled_at,
    max(invoiced_at) as updated_at,
    min(_file_id) as file_id,
    min(_line) as line
from lines
group by invoice_number
