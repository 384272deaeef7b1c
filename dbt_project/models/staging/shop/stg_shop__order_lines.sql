-- One row per line of an order, of the last delivered file that has the order.
with
order_lines as (
    -- An edited order comes with all its lines: one that is missing was taken off.
    {{ current_rows(source('raw_shop', 'order_lines'), 'order_id', keep='file') }}
),

-- A line that stands twice in a file counts once, as it is said last.
ranked as (
    select
        *,
        row_number() over (
            partition by order_id, try_cast(line_number as int) order by _line desc
        ) as version_rank
    from order_lines
)

select
    order_id,
    try_cast(line_number as int) as line_number,
    sku,
    product_name,
    category,
    try_cast(quantity as int) as quantity,
    try_cast(unit_price as decimal(18, 4)) as unit_amount,
    coalesce(try_cast(discount as decimal(18, 4)), 0) as discount_amount,
    try_cast(line_total as decimal(18, 4)) as line_amount,
    _file_id,
    _line,
    _load_id
from ranked
where version_rank = 1
