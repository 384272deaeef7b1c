-- One row per lead of Pipedrive, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

leads as (
    select * from {{ source('raw_pipedrive', 'leads') }}
),

delivered as (
    select
        leads.*,
        row_number() over (
            partition by leads.lead_id
            order by
                try_cast(leads.updated_at as timestamp) desc nulls last,
                files.path desc,
                leads._line desc
        ) as version_rank
    from leads
    inner join files
        on leads._file_id = files.file_id and leads._load_id = files.load_id
)

select
    lead_id,
    organization_id,
    organization_name,
    person_id,
    person_name,
    owner,
    title as lead_name,
    labels,
    source_channel,
    coalesce(
        lower(archive_status) in ('archived', 'true', '1', 'yes'), false
    ) as is_archived,
    upper(currency) as currency,
    try_cast(value as decimal(18, 2)) as lead_amount,
    try_cast(expected_close_date as date) as expected_close_on,
    try_cast(created_at as timestamp) as created_at,
    try_cast(updated_at as timestamp) as updated_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
