-- The deals and their money by customer are those of the deals that have one.
with
-- noqa: disable=LT02
customers as (
    select
        sum(deal_count) as deal_count,
        sum(open_deal_count + won_deal_count + lost_deal_count) as state_count,
        sum(won_deal_count) as won_deal_count,
        {%- for state in ['open', 'won', 'lost'] %}
        sum({{ state }}_deal_amount) as {{ state }}_amount{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('customers') }}
),

parts as (
    select
        count(*) as deal_count,
        count_if(deals.is_won) as won_deal_count,
        count_if(deals.state <> 'unmapped') as state_count
    from {{ ref('deal_contacts') }} as deal_contacts
    inner join {{ ref('deals') }} as deals
        on
            deal_contacts.source_name = deals.source_name
            and deal_contacts.deal_id = deals.deal_id
),

unknown as (
    select distinct
        customer_id,
        state
    from {{ ref('deals') }}
    where deal_amount is not null and reporting_deal_amount is null
),

-- A customer with one deal without a rate has no sum of that state.
deals as (
    select
        {%- for state in ['open', 'won', 'lost'] %}
        sum(case when deals.is_{{ state }} then deals.reporting_deal_amount end)
            as {{ state }}_amount{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('deals') }} as deals
    left join unknown
        on deals.customer_id = unknown.customer_id and deals.state = unknown.state
    where deals.customer_id is not null and unknown.customer_id is null
)
-- noqa: enable=LT02

select
    customers.deal_count,
    parts.deal_count as part_count
from customers
cross join parts
cross join deals
where
    coalesce(customers.deal_count, 0) <> parts.deal_count
    or coalesce(customers.state_count, 0) <> parts.state_count
    or coalesce(customers.won_deal_count, 0) <> parts.won_deal_count
    {%- for state in ['open', 'won', 'lost'] %}
    or coalesce(customers.{{ state }}_amount, 0)
    <> coalesce(deals.{{ state }}_amount, 0)
    {%- endfor %}
