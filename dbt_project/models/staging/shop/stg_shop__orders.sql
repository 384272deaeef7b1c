-- One row per order, as last delivered.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

orders as (
    select * from {{ source('raw_shop', 'orders') }}
),

delivered as (
    select
        orders.*,
        row_number() over (
            partition by orders.order_id
            order by
                try_cast(orders.updated_at as timestamp) desc nulls last,
                files.path desc,
                orders._line desc
        ) as version_rank
    from orders
    inner join files
        on orders._file_id = files.file_id and orders._load_id = files.load_id
)

select
    order_id,
    customer_id,
    lower(trim(email)) as email,
    lower(status) as status,
    lower(channel) as channel,
    upper(currency) as currency,
    try_cast(subtotal as decimal(18, 2)) as subtotal_amount,
    coalesce(try_cast(discount as decimal(18, 2)), 0) as discount_amount,
    coalesce(try_cast(shipping as decimal(18, 2)), 0) as shipping_amount,
    coalesce(try_cast(tax as decimal(18, 2)), 0) as tax_amount,
    try_cast(total as decimal(18, 2)) as total_amount,
    try_cast(ordered_at as timestamp) as ordered_at,
    try_cast(updated_at as timestamp) as updated_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
