-- One row per organization of Pipedrive, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

organizations as (
    select * from {{ source('raw_pipedrive', 'organizations') }}
),

delivered as (
    select
        organizations.*,
        row_number() over (
            partition by organizations.organization_id
            order by
                try_cast(organizations.updated_at as timestamp) desc nulls last,
                files.path desc,
                organizations._line desc
        ) as version_rank
    from organizations
    inner join files
        on
            organizations._file_id = files.file_id
            and organizations._load_id = files.load_id
)

select
    organization_id,
    organization_name,
    owner,
    labels,
    lower(website) as website,
    industry,
    address,
    city,
    state,
    postal_code,
    country,
    try_cast(employees as bigint) as employee_count,
    try_cast(created_at as timestamp) as created_at,
    try_cast(updated_at as timestamp) as updated_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
