-- One row per deal of Pipedrive and export that shows it.
with
deals as (
    select * from {{ ref('stg_pipedrive__deals') }}
    where deal_status is distinct from 'deleted'
)

select
    deal_id,
    coalesce(updated_at, stage_changed_at, created_at) as changed_at,
    deal_stage as stage,
    state,
    owner as owner_name,
    currency,
    deal_amount,
    probability_rate,
    expected_close_on,
    delivery_number,
    _file_id as file_id,
    _line as line
from deals
