-- One row per customer with a deal: how many, what they are worth, and how they stand.
with
deals as (
    select * from {{ ref('deals') }}
),

-- All who take part in a deal have it, and each has it once. Its money is the primary
-- contact's alone, so that customers add up to the deals.
deal_contacts as (
    select * from {{ ref('deal_contacts') }}
)

select
    deal_contacts.customer_id,
    count(*) as deal_count,
    {%- for state in ['open', 'won', 'lost'] %}
    count_if(deals.is_{{ state }}) as {{ state }}_deal_count,
    -- One amount without a rate leaves the sum unknown.
    case
        when
            count_if(
                deals.is_{{ state }}
                and deal_contacts.is_primary
                and deals.deal_amount is not null
                and deals.reporting_deal_amount is null
            ) = 0
            then sum(case
                when deals.is_{{ state }} and deal_contacts.is_primary
                    then coalesce(deals.reporting_deal_amount, 0)
                else 0
            end)
    end as {{ state }}_deal_amount,
    {%- endfor %}
    min(case when deals.is_open then deals.expected_close_on end)
        as next_expected_close_on,
    max(coalesce(deals.modified_at, deals.closed_at, deals.created_at)) as last_deal_at
from deal_contacts
inner join deals
    on
        deal_contacts.source_name = deals.source_name
        and deal_contacts.deal_id = deals.deal_id
group by deal_contacts.customer_id
