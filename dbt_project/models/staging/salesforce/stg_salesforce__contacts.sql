-- One row per contact of Salesforce, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

contacts as (
    select * from {{ source('raw_salesforce', 'contacts') }}
),

delivered as (
    select
        contacts.*,
        row_number() over (
            partition by contacts.contact_id
            order by
                coalesce(
                    try_cast(contacts.system_modstamp as timestamp),
                    try_cast(contacts.last_modified_date as timestamp)
                ) desc nulls last,
                files.path desc,
                contacts._line desc
        ) as version_rank
    from contacts
    inner join files
        on contacts._file_id = files.file_id and contacts._load_id = files.load_id
)

select
    contact_id,
    account_id,
    master_record_id as master_contact_id,
    owner_id,
    lower(trim(email)) as email,
    first_name,
    last_name,
    name as full_name,
    phone,
    mobile_phone,
    home_phone,
    other_phone,
    try_cast(birthdate as date) as birth_on,
    mailing_street as street,
    mailing_city as city,
    mailing_state as state,
    mailing_postal_code as postal_code,
    mailing_country as country,
    upper(mailing_country_code) as country_code,
    title,
    department,
    lead_source,
    coalesce(
        lower(is_person_account) in ('true', '1', 'yes'), false
    ) as is_person_account,
    lower(has_opted_out_of_email) in ('true', '1', 'yes') as has_opted_out_of_email,
    lower(do_not_call) in ('true', '1', 'yes') as has_opted_out_of_calls,
    coalesce(lower(is_deleted) in ('true', '1', 'yes'), false) as is_deleted,
    try_cast(created_date as timestamp) as created_at,
    coalesce(
        try_cast(system_modstamp as timestamp),
        try_cast(last_modified_date as timestamp)
    ) as modified_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
