-- One row per user of Salesforce, as last exported.
with
users as (
    {{ current_rows(
        source('raw_salesforce', 'users'), 'user_id',
        changed_at='coalesce(system_modstamp, last_modified_date)'
    ) }}
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
    {{ moment('created_date') }} as created_at,
    {{ moment('last_login_date') }} as last_login_at,
    coalesce(
        {{ moment('system_modstamp') }},
        {{ moment('last_modified_date') }}
    ) as modified_at,
    _file_id,
    _line,
    _load_id
from users
