-- One row per segment and customer for whom its condition holds.
with
customers as (
    select * from {{ ref('customers') }}
)

{% for segment in var('segments') %}
{% if not loop.first %}
union all
{% endif -%}
select
    '{{ segment.segment_id }}' as segment_id,
    customer_id
from customers
where
    (
        {{ segment.condition }}
    )
{% endfor %}
