-- By customer, what customers says of deals is the sum of those whose primary contact
-- it is, and the bridge names the same one.
{{ config(meta={'dagster': {'ref': {'name': 'customers'}}}) }}
with
customers as (
    select * from {{ ref('customers') }}
),

-- noqa: disable=LT02,LT08
deals as (
    select
        customer_id,
        count(*) as deal_count,
        {%- for state in ['open', 'won', 'lost'] %}
        count_if(is_{{ state }}) as {{ state }}_count,
        sum(case when is_{{ state }} then reporting_deal_amount end)
            as {{ state }}_amount,
        count_if(
            is_{{ state }}
            and deal_amount is not null
            and reporting_deal_amount is null
        ) as {{ state }}_unknown_count{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('deals') }}
    where customer_id is not null
    group by customer_id
),
-- noqa: enable=LT02,LT08

primaries as (
    select
        customer_id,
        count(*) as deal_count
    from {{ ref('deal_contacts') }}
    where is_primary
    group by customer_id
)

select
    coalesce(customers.customer_id, deals.customer_id) as customer_id,
    customers.deal_count,
    deals.deal_count as own_count,
    primaries.deal_count as primary_count
from customers
full outer join deals on customers.customer_id = deals.customer_id
left join primaries on customers.customer_id = primaries.customer_id
where
    customers.customer_id is null
    or customers.deal_count <> coalesce(deals.deal_count, 0)
    or customers.deal_count <> coalesce(primaries.deal_count, 0)
    {%- for state in ['open', 'won', 'lost'] %}
    or customers.{{ state }}_deal_count <> coalesce(deals.{{ state }}_count, 0)
    -- Null is right where a deal has no rate, and only there.
    or (customers.{{ state }}_deal_amount is null)
    <> (coalesce(deals.{{ state }}_unknown_count, 0) > 0)
    or customers.{{ state }}_deal_amount <> coalesce(deals.{{ state }}_amount, 0)
    {%- endfor %}
