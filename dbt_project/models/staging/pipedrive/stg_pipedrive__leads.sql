-- One row per lead of Pipedrive, as last exported.
with
leads as (
    {{ current_rows(
        source('raw_pipedrive', 'leads'), 'lead_id',
        changed_at='updated_at'
    ) }}
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
    try_cast(value as decimal(18, 4)) as lead_amount,
    try_cast(expected_close_date as date) as expected_close_on,
    {{ moment('created_at') }} as created_at,
    {{ moment('updated_at') }} as updated_at,
    _file_id,
    _line,
    _load_id
from leads
