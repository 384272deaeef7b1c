-- One row per company of HubSpot, as last exported.
with
companies as (
    select
        *,
        row_number() over (
            partition by company_id
            order by modified_at desc nulls last, is_current desc, _file_id desc
        ) as version_rank
    from {{ ref('stg_hubspot__companies') }}
),

merged_away as (
    select * from {{ ref('stg_hubspot__merges') }}
    where object_type = 'company'
)

select
    'hubspot.company:' || companies.company_id as company_record_id,
    companies.company_name,
    companies.domain as websites,
    'hubspot.company:' || trim(companies.parent_company_id) as parent_record_id,
    'hubspot.company:' || merged_away.survivor_id as merged_into_record_id,
    companies.industry,
    companies.employee_count,
    companies.street,
    companies.city,
    companies.postal_code,
    companies.state,
    companies.country,
    null as country_code,
    companies.owner as owner_name,
    companies.is_deleted
    or not companies.is_current
    or merged_away.merged_id is not null as is_deleted,
    companies.created_at,
    companies.modified_at as changed_at,
    companies._file_id as file_id,
    companies._line as line
from companies
left join merged_away on companies.company_id = merged_away.merged_id
where companies.version_rank = 1
