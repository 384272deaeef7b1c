-- One row per organization of Zendesk, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

organizations as (
    select * from {{ source('raw_zendesk', 'organizations') }}
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
    external_id,
    group_id,
    organization_name,
    domain_names,
    tags,
    deleted_at is not null as is_deleted,
    try_cast(created_at as timestamp) as created_at,
    try_cast(deleted_at as timestamp) as deleted_at,
    try_cast(updated_at as timestamp) as updated_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
