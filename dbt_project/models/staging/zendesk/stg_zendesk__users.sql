-- One row per end user or agent of Zendesk, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

users as (
    select * from {{ source('raw_zendesk', 'users') }}
),

delivered as (
    select
        users.*,
        row_number() over (
            partition by users.user_id
            order by
                try_cast(users.updated_at as timestamp) desc nulls last,
                files.path desc,
                users._line desc
        ) as version_rank
    from users
    inner join files
        on users._file_id = files.file_id and users._load_id = files.load_id
)

select
    user_id,
    external_id,
    organization_id,
    organization_name,
    user_name as full_name,
    lower(trim(email)) as email,
    phone,
    lower(role) as role,
    tags,
    locale,
    time_zone,
    lower(verified) in ('true', '1', 'yes') as is_verified,
    lower(suspended) in ('true', '1', 'yes') as is_suspended,
    coalesce(lower(active) in ('false', '0', 'no'), false) as is_deleted,
    try_cast(created_at as timestamp) as created_at,
    try_cast(last_login_at as timestamp) as last_login_at,
    try_cast(updated_at as timestamp) as updated_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
