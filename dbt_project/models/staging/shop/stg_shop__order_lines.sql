-- One row per line of an order, as last delivered.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

order_lines as (
    select * from {{ source('raw_shop', 'order_lines') }}
),

delivered as (
    select
        order_lines.*,
        row_number() over (
            partition by order_lines.order_id, order_lines.line_number
            order by files.path desc, order_lines._line desc
        ) as version_rank
    from order_lines
    inner join files
        on order_lines._file_id = files.file_id and order_lines._load_id = files.load_id
)

select
    order_id,
    try_cast(line_number as int) as line_number,
    sku,
    product_name,
    category,
    try_cast(quantity as int) as quantity,
    try_cast(unit_price as decimal(18, 2)) as unit_amount,
    coalesce(try_cast(discount as decimal(18, 2)), 0) as discount_amount,
    try_cast(line_total as decimal(18, 2)) as line_amount,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
