-- One row per opportunity of Salesforce, as last exported.
with
opportunities as (
    select * from {{ ref('stg_salesforce__opportunities') }}
    where is_current and not is_deleted
),

-- A contact may stand on the opportunity, in a role, or be the person account itself.
contacts as (
    select
        opportunity_id,
        'salesforce.contact:' || contact_id as record_id,
        1 as position
    from opportunities
    where contact_id is not null
    union all
    select
        opportunity_id,
        'salesforce.contact:' || contact_id as record_id,
        case when is_primary then 0 else 2 end as position
    from {{ ref('stg_salesforce__opportunity_contact_roles') }}
    where contact_id is not null and not is_deleted
    union all
    select
        opportunities.opportunity_id,
        'salesforce.account:' || accounts.account_id as record_id,
        3 as position
    from opportunities
    inner join {{ ref('stg_salesforce__accounts') }} as accounts
        on opportunities.account_id = accounts.account_id
    where accounts.is_person_account and accounts.is_current
),

ranked as (
    select
        opportunity_id,
        record_id,
        row_number() over (
            partition by opportunity_id
            order by min(position) asc nulls last, record_id asc
        ) as contact_rank
    from contacts
    group by opportunity_id, record_id
),

listed as (
    select
        opportunity_id,
        max(case when contact_rank = 1 then record_id end) as record_id,
        {{ joined_rows("case when contact_rank > 1 then record_id end", ";") }}
            as other_record_ids
    from ranked
    group by opportunity_id
),

users as (
    select * from {{ ref('stg_salesforce__users') }}
)

select
    opportunities.opportunity_id as deal_id,
    listed.record_id,
    listed.other_record_ids,
    'salesforce.account:' || opportunities.account_id as company_record_id,
    opportunities.opportunity_name as deal_name,
    null as pipeline,
    opportunities.stage,
    case
        when opportunities.is_won then 'won'
        when opportunities.is_closed and not opportunities.is_won then 'lost'
        when not opportunities.is_closed then 'open'
    end as state,
    coalesce(users.full_name, users.first_name || ' ' || users.last_name) as owner_name,
    opportunities.opportunity_type as deal_type,
    opportunities.lead_source,
    opportunities.currency,
    opportunities.opportunity_amount as deal_amount,
    opportunities.probability_rate,
    null as lost_reason,
    opportunities.created_at,
    {{ start_of_day('opportunities.close_on') }} as closed_at,
    null as expected_close_on,
    opportunities.modified_at as changed_at,
    opportunities._file_id as file_id,
    opportunities._line as line
from opportunities
left join listed on opportunities.opportunity_id = listed.opportunity_id
left join users on opportunities.owner_id = users.user_id
