-- One row per company of a CRM.
with
hubspot_companies as (
    select * from {{ ref('stg_hubspot__companies') }}
),

salesforce_accounts as (
    select * from {{ ref('stg_salesforce__accounts') }}
    where
        not is_person_account
        and (not is_deleted or master_account_id is not null)
),

pipedrive_organizations as (
    select * from {{ ref('stg_pipedrive__organizations') }}
),

zendesk_organizations as (
    select * from {{ ref('stg_zendesk__organizations') }}
    where not is_deleted
)

select
    'hubspot.company:' || company_id as company_id,
    company_name,
    'hubspot.company:' || trim(parent_company_id) as parent_company_id,
    cast(null as string) as merged_into_company_id,
    domain as websites,
    city,
    cast(null as string) as postal_code,
    modified_at
from hubspot_companies
union all
select
    'salesforce.account:' || account_id as company_id,
    account_name as company_name,
    'salesforce.account:' || parent_account_id as parent_company_id,
    'salesforce.account:' || master_account_id as merged_into_company_id,
    website as websites,
    city,
    postal_code,
    modified_at
from salesforce_accounts
union all
select
    'pipedrive.organization:' || organization_id as company_id,
    organization_name as company_name,
    cast(null as string) as parent_company_id,
    cast(null as string) as merged_into_company_id,
    website as websites,
    city,
    postal_code,
    updated_at as modified_at
from pipedrive_organizations
union all
select
    'zendesk.organization:' || organization_id as company_id,
    organization_name as company_name,
    cast(null as string) as parent_company_id,
    cast(null as string) as merged_into_company_id,
    lower(domain_names) as websites,
    cast(null as string) as city,
    cast(null as string) as postal_code,
    updated_at as modified_at
from zendesk_organizations
