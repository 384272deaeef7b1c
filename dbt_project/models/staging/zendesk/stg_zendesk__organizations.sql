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
    {{ moment('created_at') }} as created_at,
    {{ moment('deleted_at') }} as deleted_at,
    {{ moment('updated_at') }} as updated_at,
    _file_id,
    _line,
    _load_id
from organizations
