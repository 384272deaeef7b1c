-- One row per version of a CRM contact; is_current marks the last.
with
files as (
    select * from {{ ref('stg_ledger__delivered_files') }}
),

contacts as (
    select * from {{ source('raw_hubspot', 'contacts') }}
),

delivered as (
    select
        contacts.*,
        try_cast(contacts.modified_at as timestamp) as valid_from_at,
        row_number() over (
            partition by contacts.contact_id, contacts.modified_at
            order by files.path asc, contacts._line asc
        ) as delivery_rank,
        row_number() over (
            partition by contacts.contact_id
            order by
                try_cast(contacts.modified_at as timestamp) desc nulls last,
                files.path asc,
                contacts._line asc
        ) as version_rank,
        max(case when files.is_last_delivery then 1 else 0 end) over (
            partition by contacts.contact_id
        ) as last_delivery_count
    from contacts
    inner join files
        on contacts._file_id = files.file_id and contacts._load_id = files.load_id
)

select
    contact_id,
    email,
    first_name,
    last_name,
    phone,
    try_cast(birth_date as date) as birth_on,
    street,
    city,
    postal_code,
    country,
    lifecycle_stage,
    lead_status,
    original_source,
    owner,
    company_ids,
    merged_contact_ids,
    -- What the last full export does not list was deleted in the CRM.
    version_rank = 1 and last_delivery_count = 1 as is_current,
    try_cast(created_at as timestamp) as created_at,
    valid_from_at,
    _file_id,
    _line,
    _load_id
from delivered
where delivery_rank = 1
