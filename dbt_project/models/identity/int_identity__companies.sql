-- One row per company of a CRM, or web domain of its own that customers write from.
with
crm_companies as (
    select * from {{ ref('conformed__companies') }}
    where not coalesce(is_deleted, false) or merged_into_record_id is not null
),

names as (
    select * from {{ ref('int_identity__company_names') }}
),

domains as (
    select * from {{ ref('int_identity__company_domains') }}
),

companies as (
    select
        company_record_id as company_id,
        company_name,
        parent_record_id as parent_company_id,
        merged_into_record_id as merged_into_company_id,
        city,
        postal_code,
        changed_at as modified_at
    from crm_companies
    union all
    select distinct
        'domain:' || domain as company_id,
        cast(null as string) as company_name,
        cast(null as string) as parent_company_id,
        cast(null as string) as merged_into_company_id,
        cast(null as string) as city,
        cast(null as string) as postal_code,
        cast(null as timestamp) as modified_at
    from domains
)

select
    cast(row_number() over (order by companies.company_id asc) as bigint)
        as company_key,
    companies.company_id,
    companies.company_name,
    names.name_key,
    nullif({{ name_key("companies.city") }}, '') as city_key,
    nullif({{ regex_replace("upper(companies.postal_code)", "[^0-9A-Z]", "") }}, '')
        as postal_code_key,
    companies.parent_company_id,
    companies.merged_into_company_id,
    companies.modified_at
from companies
left join names on companies.company_name = names.company_name
