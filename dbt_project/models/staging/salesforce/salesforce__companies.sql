-- One row per account of Salesforce that is a company, as last exported.
with
accounts as (
    select
        *,
        row_number() over (
            partition by account_id
            order by modified_at desc nulls last, is_current desc, _file_id desc
        ) as version_rank
    from {{ ref('stg_salesforce__accounts') }}
),

users as (
    select * from {{ ref('stg_salesforce__users') }}
)

select
    'salesforce.account:' || accounts.account_id as company_record_id,
    accounts.account_name as company_name,
    accounts.website as websites,
    'salesforce.account:' || accounts.parent_account_id as parent_record_id,
    'salesforce.account:' || accounts.master_account_id as merged_into_record_id,
    accounts.industry,
    accounts.employee_count,
    accounts.street,
    accounts.city,
    accounts.postal_code,
    accounts.state,
    accounts.country,
    accounts.country_code,
    coalesce(users.full_name, users.first_name || ' ' || users.last_name) as owner_name,
    accounts.is_deleted or not accounts.is_current as is_deleted,
    accounts.created_at,
    accounts.modified_at as changed_at,
    accounts._file_id as file_id,
    accounts._line as line
from accounts
left join users on accounts.owner_id = users.user_id
where accounts.version_rank = 1 and not accounts.is_person_account
