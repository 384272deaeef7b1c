-- One row per customer that bought something: how much of what.
with
orders as (
    select * from {{ ref('orders') }}
    where customer_id is not null and is_earning
),

order_lines as (
    select * from {{ ref('order_lines') }}
),

bought as (
    select
        orders.customer_id,
        order_lines.category,
        order_lines.product_name,
        coalesce(order_lines.sku, order_lines.product_name) as product_key,
        order_lines.item_count
    from order_lines
    inner join orders
        on
            order_lines.source_name = orders.source_name
            and order_lines.order_id = orders.order_id
),

counted as (
    select
        customer_id,
        sum(item_count) as item_count,
        count(distinct product_key) as product_count
    from bought
    group by customer_id
),

{%- for favourite in ['category', 'product_name'] %}
{{ favourite }}_ranks as (
    select
        customer_id,
        {{ favourite }},
        row_number() over (
            partition by customer_id
            order by sum(item_count) desc nulls last, {{ favourite }} asc
        ) as favourite_rank
    from bought
    where {{ favourite }} is not null
    group by customer_id, {{ favourite }}
){{ ',' if not loop.last }}
{%- endfor %}

select
    counted.customer_id,
    counted.item_count,
    counted.product_count,
    category_ranks.category as favourite_category,
    product_name_ranks.product_name as favourite_product_name
from counted
left join category_ranks
    on
        counted.customer_id = category_ranks.customer_id
        and category_ranks.favourite_rank = 1
left join product_name_ranks
    on
        counted.customer_id = product_name_ranks.customer_id
        and product_name_ranks.favourite_rank = 1
