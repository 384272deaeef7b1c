-- One row per user of Salesforce, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

users as (
    select * from {{ source('raw_salesforce', 'users') }}
),

delivered as (
    select
        users.*,
        row_number() over (
            partition by users.user_id
            order by
                coalesce(
                    try_cast(users.system_modstamp as timestamp),
                    try_cast(users.last_modified_date as timestamp)
                ) desc nulls last,
                files.path desc,
                users._line desc
        ) as version_rank
    from users
    inner join files
        on users._file_id = files.file_id and users._load_id = files.load_id
)

select
    user_id,
    contact_id,
    account_id,
    manager_id,
    user_role_id,
    username,
    lower(trim(email)) as email,
    first_name,
    last_name,
    name as full_name,
    phone,
    mobile_phone,
    title,
    department,
    user_type,
    lower(is_active) in ('true', '1', 'yes') as is_active,
    try_cast(created_date as timestamp) as created_at,
    try_cast(last_login_date as timestamp) as last_login_at,
    coalesce(
        try_cast(system_modstamp as timestamp),
        try_cast(last_modified_date as timestamp)
    ) as modified_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
