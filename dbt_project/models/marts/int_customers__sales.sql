-- One row per customer with a deal: how many, what they are worth, and how they stand.
with
-- A deal is its primary contact's, so that customers add up to the deals; the others
-- who take part in it are in deal_contacts.
deals as (
    select * from {{ ref('deals') }}
    where customer_id is not null
)

select
    customer_id,
    count(*) as deal_count,
    {%- for state in ['open', 'won', 'lost'] %}
    count_if(is_{{ state }}) as {{ state }}_deal_count,
    -- One amount without a rate leaves the sum unknown.
    case
        when
            count_if(
                is_{{ state }}
                and deal_amount is not null
                and reporting_deal_amount is null
            ) = 0
            then sum(case
                when is_{{ state }} then coalesce(reporting_deal_amount, 0)
                else 0
            end)
    end as {{ state }}_deal_amount,
    {%- endfor %}
    min(case when is_open then expected_close_on end) as next_expected_close_on,
    max(coalesce(modified_at, closed_at, created_at)) as last_deal_at
from deals
group by customer_id
