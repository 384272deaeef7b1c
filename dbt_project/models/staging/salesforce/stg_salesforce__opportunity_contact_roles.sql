-- One row per contact who takes part in an opportunity, as last exported.
with
opportunity_contact_roles as (
    {{ current_rows(
        source('raw_salesforce', 'opportunity_contact_roles'), 'role_id',
        changed_at='coalesce(system_modstamp, last_modified_date)'
    ) }}
)

select
    role_id,
    opportunity_id,
    contact_id,
    role,
    coalesce({{ said_yes('is_primary') }}, false) as is_primary,
    coalesce({{ said_yes('is_deleted') }}, false) as is_deleted,
    {{ moment('created_date') }} as created_at,
    _file_id,
    _line,
    _load_id
from opportunity_contact_roles
