-- One row per case of Salesforce, as last exported.
with
cases as (
    select * from {{ ref('stg_salesforce__cases') }}
    where is_current and not is_deleted
),

accounts as (
    select * from {{ ref('stg_salesforce__accounts') }}
    where is_current and is_person_account
),

users as (
    select * from {{ ref('stg_salesforce__users') }}
)

select
    cases.case_id as ticket_id,
    coalesce(
        'salesforce.contact:' || cases.contact_id,
        'salesforce.account:' || accounts.account_id
    ) as record_id,
    null as other_record_ids,
    case
        when accounts.account_id is null then 'salesforce.account:' || cases.account_id
    end as company_record_id,
    cases.subject as ticket_name,
    null as pipeline,
    cases.case_status as status,
    case
        when cases.is_closed then 'closed'
        when not cases.is_closed then 'open'
    end as state,
    cases.priority,
    coalesce(cases.case_reason, cases.case_type) as category,
    null as is_complaint,
    cases.origin as channel,
    coalesce(users.full_name, users.first_name || ' ' || users.last_name) as owner_name,
    null as first_reply_seconds,
    null as reply_count,
    null as reopen_count,
    null as satisfaction,
    cases.created_at,
    cases.closed_at,
    cases.modified_at as changed_at,
    cases._file_id as file_id,
    cases._line as line
from cases
left join accounts on cases.account_id = accounts.account_id
left join users on cases.owner_id = users.user_id
