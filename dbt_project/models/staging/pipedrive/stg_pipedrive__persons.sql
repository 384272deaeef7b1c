-- One row per person of Pipedrive, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

persons as (
    select * from {{ source('raw_pipedrive', 'persons') }}
),

delivered as (
    select
        persons.*,
        row_number() over (
            partition by persons.person_id
            order by
                try_cast(persons.updated_at as timestamp) desc nulls last,
                files.path desc,
                persons._line desc
        ) as version_rank,
        substr(
            coalesce(',' || persons.email, '')
            || coalesce(',' || persons.email_work, '')
            || coalesce(',' || persons.email_home, '')
            || coalesce(',' || persons.email_other, ''),
            2
        ) as all_emails,
        substr(
            coalesce(',' || persons.phone, '')
            || coalesce(',' || persons.phone_mobile, '')
            || coalesce(',' || persons.phone_work, '')
            || coalesce(',' || persons.phone_home, '')
            || coalesce(',' || persons.phone_other, ''),
            2
        ) as all_phones
    from persons
    inner join files
        on persons._file_id = files.file_id and persons._load_id = files.load_id
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
    lower(marketing_status) as marketing_status,
    double_opt_in,
    try_cast(created_at as timestamp) as created_at,
    try_cast(updated_at as timestamp) as updated_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
