-- By customer, sessions and page views are those of its sessions that are no bot's.
{{ config(meta={'dagster': {'ref': {'name': 'customers'}}}) }}
with
customers as (
    select * from {{ ref('customers') }}
),

sessions as (
    select
        customer_id,
        count(*) as session_count,
        count_if(is_engaged) as engaged_session_count,
        sum(page_view_count) as page_view_count,
        sum(conversion_count) as conversion_count
    from {{ ref('sessions') }}
    where customer_id is not null and not is_bot
    group by customer_id
)

select
    coalesce(customers.customer_id, sessions.customer_id) as customer_id,
    customers.session_count,
    sessions.session_count as counted_session_count
from customers
full outer join sessions on customers.customer_id = sessions.customer_id
where
    customers.customer_id is null
    {%- for count in ['session', 'engaged_session', 'page_view', 'conversion'] %}
    or customers.{{ count }}_count <> coalesce(sessions.{{ count }}_count, 0)
    {%- endfor %}
