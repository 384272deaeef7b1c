-- One row per line of an order, of the newest delivery of the order.
with
given as (
    {{ given('order_lines') }}
),

ledgers as (
    select distinct source_name from {{ ref('conformed__orders') }}
)

select
    given.source_name,
    given.order_id,
    given.line_number,
    given.sku,
    given.product_name,
    given.category,
    given.vendor,
    given.quantity,
    given.unit_amount,
    given.discount_amount,
    given.line_amount,
    given.file_id,
    given.line
from given
left join ledgers on given.source_name = ledgers.source_name
where given.source_name in {{ order_ledgers() }} or ledgers.source_name is not null
