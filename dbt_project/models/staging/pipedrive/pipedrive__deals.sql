-- One row per deal of Pipedrive, as last exported.
with
deals as (
    select * from {{ ref('stg_pipedrive__deals') }}
    where is_current and not is_deleted and deal_status is distinct from 'deleted'
)

select
    deal_id,
    'pipedrive.person:' || person_id as record_id,
    null as other_record_ids,
    'pipedrive.organization:' || organization_id as company_record_id,
    deal_name,
    pipeline,
    deal_stage as stage,
    state,
    owner as owner_name,
    null as deal_type,
    source_channel as lead_source,
    currency,
    deal_amount,
    probability_rate,
    lost_reason,
    created_at,
    coalesce(won_at, lost_at, closed_at) as closed_at,
    expected_close_on,
    updated_at as changed_at,
    _file_id as file_id,
    _line as line
from deals
