-- One row per organization of Zendesk, as last exported.
with
organizations as (
    {{ current_rows(
        source('raw_zendesk', 'organizations'), 'organization_id',
        changed_at='updated_at'
    ) }}
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
from organizations
