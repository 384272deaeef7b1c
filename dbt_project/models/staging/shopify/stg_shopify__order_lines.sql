-- One row per line item of an order, all from the file that says what the order is.
with
orders as (
    select * from {{ ref('stg_shopify__orders') }}
),

rows_of_orders as (
    select * from {{ source('raw_shopify', 'orders') }}
),

lines as (
    select
        rows_of_orders.*,
        orders.order_id as id_of_order,
        orders.currency as currency_of_order,
        row_number() over (
            partition by orders.order_id
            order by rows_of_orders._line
        ) as line_number,
        try_cast(rows_of_orders.line_quantity as int) as quantity,
        try_cast(rows_of_orders.line_price as decimal(18, 4)) as unit_amount,
        coalesce(
            try_cast(rows_of_orders.line_discount as decimal(18, 4)), 0
        ) as discount_amount
    from rows_of_orders
    inner join orders
        on
            rows_of_orders.order_name = orders.order_name
            and rows_of_orders._file_id = orders._file_id
            and rows_of_orders._load_id = orders._load_id
    where rows_of_orders.line_quantity is not null
)

select
    order_name,
    cast(line_number as int) as line_number,
    id_of_order as order_id,
    line_sku as sku,
    line_name as product_name,
    vendor,
    lower(line_fulfillment_status) as fulfillment_status,
    currency_of_order as currency,
    quantity,
    unit_amount,
    discount_amount,
    try_cast(
        cast(unit_amount as decimal(30, 4)) * quantity - discount_amount
        as decimal(18, 4)
    ) as line_amount,
    _file_id,
    _line,
    _load_id
from lines
