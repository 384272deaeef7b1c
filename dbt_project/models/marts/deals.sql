-- One row per deal of the CRM.
with
deals as (
    select * from {{ ref('stg_hubspot__deals') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

-- The first named contact stands for the deal.
contacts as (
    select
        deal_id,
        trim(split_part(contact_ids, ';', 1)) as contact_id
    from deals
)

select
    deals.deal_id,
    customer_ids.customer_id,
    contacts.contact_id,
    deals.deal_name,
    deals.pipeline,
    deals.deal_stage,
    deals.owner,
    lower(deals.deal_stage) in ('closed won', 'closedwon') as is_won,
    lower(deals.deal_stage) in ('closed lost', 'closedlost') as is_lost,
    deals.currency,
    deals.deal_amount,
    case
        when
            lower(deals.deal_stage) in (
                'closed won', 'closedwon', 'closed lost', 'closedlost'
            )
            then
                cast(
                    {{ days_between('deals.created_at', 'deals.closed_at') }} as bigint
                )
    end as days_to_close,
    deals.created_at,
    deals.closed_at,
    deals.modified_at
from deals
left join contacts on deals.deal_id = contacts.deal_id
left join
    customer_ids
    on 'hubspot.contact:' || contacts.contact_id = customer_ids.record_id
