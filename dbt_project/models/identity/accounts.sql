-- One row per customer and account: a company with all its parents and subsidiaries.
with
companies as (
    select * from {{ ref('int_identity__companies') }}
),

company_groups as (
    select * from {{ ref('int_identity__company_groups') }}
),

account_groups as (
    select * from {{ ref('int_identity__account_groups') }}
),

domains as (
    select * from {{ ref('int_identity__company_domains') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

people as (
    select * from {{ ref('conformed__people') }}
    where is_current and company_record_id is not null
),

grouped as (
    select
        companies.*,
        company_groups.cluster_key as company_group_key,
        account_groups.cluster_key as account_group_key,
        min(case
            when companies.company_id not like 'domain:%' then companies.company_id
        end) over (partition by company_groups.cluster_key) as crm_company_id
    from companies
    inner join company_groups on companies.company_key = company_groups.record_key
    inner join account_groups on companies.company_key = account_groups.record_key
),

child_groups as (
    select distinct children.company_group_key
    from grouped as children
    inner join grouped as parents on children.parent_company_id = parents.company_id
    where children.company_group_key <> parents.company_group_key
),

-- The top is the company without a parent; of several, and in a circle, the first.
tops as (
    select
        grouped.account_group_key,
        coalesce(
            min(case
                when child_groups.company_group_key is null
                    then grouped.company_group_key
            end),
            min(grouped.company_group_key)
        ) as company_group_key
    from grouped
    left join child_groups
        on grouped.company_group_key = child_groups.company_group_key
    group by grouped.account_group_key
),

-- With its time in front of each name, the greatest name is the newest.
named as (
    select
        tops.account_group_key,
        max(
            coalesce(cast(grouped.modified_at as string), '') || '|'
            || grouped.company_name
        ) as stamped_name,
        min(case
            when grouped.company_id like 'domain:%' then substr(grouped.company_id, 8)
        end) as domain,
        min(grouped.company_id) as company_id
    from tops
    inner join grouped on tops.company_group_key = grouped.company_group_key
    group by tops.account_group_key
),

memberships as (
    select
        people.record_id,
        trim(items.item) as company_id,
        'company of the CRM' as reason
    from people
    {{ split_rows('people.company_record_id', ';', 'items') }}
    union all
    select
        owner_id as record_id,
        'domain:' || domain as company_id,
        'domain of an e-mail' as reason
    from domains
),

reasons as (
    select
        customer_ids.customer_id,
        grouped.account_group_key,
        -- What the CRM says goes before what an e-mail looks like.
        coalesce(
            min(case
                when memberships.reason = 'company of the CRM'
                    then memberships.company_id
            end),
            min(grouped.crm_company_id),
            min(memberships.company_id)
        ) as company_id,
        case
            when min(memberships.reason) = max(memberships.reason)
                then min(memberships.reason)
            else 'company of the CRM, domain of an e-mail'
        end as reason
    from memberships
    inner join customer_ids on memberships.record_id = customer_ids.record_id
    inner join grouped on memberships.company_id = grouped.company_id
    group by customer_ids.customer_id, grouped.account_group_key
)

select
    reasons.customer_id,
    'a' || substr(md5(coalesce(named.domain, named.company_id)), 1, 20) as account_id,
    reasons.company_id,
    substr(named.stamped_name, position('|' in named.stamped_name) + 1) as account_name,
    grouped.company_name,
    named.domain,
    reasons.reason
from reasons
inner join named on reasons.account_group_key = named.account_group_key
inner join grouped on reasons.company_id = grouped.company_id
