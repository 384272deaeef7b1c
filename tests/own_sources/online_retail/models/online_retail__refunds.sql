-- One row per cancellation and order that it takes back from.
with
lines as (
    select * from {{ ref('stg_online_retail__lines') }}
),

cancelled as (
    select * from lines
    where is_refund
),

bought as (
    select distinct
        customer_number,
        sku,
        invoice_number,
        invoiced_at
    from lines
    where not is_refund and quantity > 0
),

-- A cancellation names no invoice: it takes back what was bought last before it.
matched as (
    select
        cancelled.*,
        (
            select max_by(bought.invoice_number, bought.invoiced_at)
            from bought
            where
                bought.customer_number = cancelled.customer_number
                and bought.sku = cancelled.sku
                and bought.invoiced_at <= cancelled.invoiced_at
        ) as order_id
    from cancelled
)

select
    invoice_number || coalesce(':' || order_id, '') as refund_id,
    order_id,
    'GBP' as currency,
    abs(sum(line_amount)) as refund_amount,
    abs(sum(line_amount)) as items_amount,
    0 as shipping_amount,
    0 as tax_amount,
    'cancelled' as reason,
    true as is_final,
    min(invoiced_at) as refunded_at,
    min(_file_id) as file_id,
    min(_line) as line
from matched
group by invoice_number, order_id
