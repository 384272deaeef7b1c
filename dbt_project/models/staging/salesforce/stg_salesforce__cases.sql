-- One row per case of Salesforce, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

cases as (
    select * from {{ source('raw_salesforce', 'cases') }}
),

delivered as (
    select
        cases.*,
        row_number() over (
            partition by cases.case_id
            order by
                coalesce(
                    try_cast(cases.system_modstamp as timestamp),
                    try_cast(cases.last_modified_date as timestamp)
                ) desc nulls last,
                files.path desc,
                cases._line desc
        ) as version_rank
    from cases
    inner join files
        on cases._file_id = files.file_id and cases._load_id = files.load_id
)

select
    case_id,
    case_number,
    master_record_id as master_case_id,
    parent_id as parent_case_id,
    contact_id,
    account_id,
    owner_id,
    supplied_name,
    lower(trim(supplied_email)) as supplied_email,
    supplied_phone,
    supplied_company,
    subject,
    description,
    type as case_type,
    status as case_status,
    reason as case_reason,
    priority,
    origin,
    lower(is_closed) in ('true', '1', 'yes') as is_closed,
    lower(is_escalated) in ('true', '1', 'yes') as is_escalated,
    coalesce(lower(is_deleted) in ('true', '1', 'yes'), false) as is_deleted,
    try_cast(created_date as timestamp) as created_at,
    try_cast(closed_date as timestamp) as closed_at,
    coalesce(
        try_cast(system_modstamp as timestamp),
        try_cast(last_modified_date as timestamp)
    ) as modified_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
