-- One row per version of a person of Pipedrive; is_current marks the last.
with
persons as (
    {{ current_rows(
        source('raw_pipedrive', 'persons'), 'person_id',
        changed_at='updated_at', keep='version'
    ) }}
),

listed as (
    select
        *,
        substr(
            coalesce(',' || email, '')
            || coalesce(',' || email_work, '')
            || coalesce(',' || email_home, '')
            || coalesce(',' || email_other, ''),
            2
        ) as all_emails,
        substr(
            coalesce(',' || phone, '')
            || coalesce(',' || phone_mobile, '')
            || coalesce(',' || phone_work, '')
            || coalesce(',' || phone_home, '')
            || coalesce(',' || phone_other, ''),
            2
        ) as all_phones
    from persons
)

select
    person_id,
    organization_id,
    organization_name,
    owner,
    lower(nullif(trim(split_part(all_emails, ',', 1)), '')) as email,
    lower(nullif(all_emails, '')) as emails,
    nullif(trim(split_part(all_phones, ',', 1)), '') as phone,
    nullif(all_phones, '') as phones,
    person_name as full_name,
    first_name,
    last_name,
    try_cast(birth_date as date) as birth_on,
    job_title,
    address,
    city,
    state,
    postal_code,
    country,
    labels,
    coalesce({{ said_yes('is_deleted') }}, false) as is_deleted,
    lower(marketing_status) as marketing_status,
    double_opt_in,
    {{ moment('created_at') }} as created_at,
    {{ moment('updated_at') }} as updated_at,
    is_current,
    _file_id,
    _line,
    _load_id
from listed
