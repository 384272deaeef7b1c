-- One row per version of an end user or agent of Zendesk; is_current marks the last.
with
users as (
    {{ current_rows(
        source('raw_zendesk', 'users'), 'user_id',
        changed_at='updated_at', keep='version'
    ) }}
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
    {{ moment('created_at') }} as created_at,
    {{ moment('last_login_at') }} as last_login_at,
    {{ moment('updated_at') }} as updated_at,
    is_current,
    _file_id,
    _line,
    _load_id
from users
