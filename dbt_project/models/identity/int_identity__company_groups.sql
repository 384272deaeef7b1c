-- One row per company: the first among those that are the same company.
{{ config(materialized='connected_components') }}
with
companies as (
    select * from {{ ref('int_identity__companies') }}
),

domains as (
    select * from {{ ref('int_identity__company_domains') }}
),

signs as (
    select
        companies.company_key,
        'domain:' || domains.domain as sign,
        true as may_be_shared
    from companies
    inner join domains on companies.company_id = domains.owner_id
    union all
    select
        company_key,
        company_id as sign,
        false as may_be_shared
    from companies
    union all
    select
        company_key,
        merged_into_company_id as sign,
        false as may_be_shared
    from companies
    where merged_into_company_id is not null
    union all
    -- Names are not enough: two towns may each have a Central Pharmacy.
    select
        company_key,
        name_key || '|' || city_key as sign,
        true as may_be_shared
    from companies
    where name_key is not null and city_key is not null
    union all
    select
        company_key,
        name_key || '|' || postal_code_key as sign,
        true as may_be_shared
    from companies
    where name_key is not null and postal_code_key is not null
),

-- A domain that many companies name is a portal's or a platform's.
usable as (
    select
        sign,
        min(company_key) as first_company_key
    from signs
    group by sign
    having
        count(*) <= {{ var('max_companies_per_sign') }}
        or not bool_or(may_be_shared)
)

select
    signs.company_key as record_key_a,
    usable.first_company_key as record_key_b
from signs
inner join usable on signs.sign = usable.sign
where signs.company_key <> usable.first_company_key
union all
select
    company_key as record_key_a,
    company_key as record_key_b
from companies
