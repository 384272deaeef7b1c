-- One row per campaign of Salesforce, as last exported.
with
campaigns as (
    {{ current_rows(
        source('raw_salesforce', 'campaigns'), 'campaign_id',
        changed_at='coalesce(system_modstamp, last_modified_date)'
    ) }}
)

select
    campaign_id,
    parent_id as parent_campaign_id,
    owner_id,
    name as campaign_name,
    type as campaign_type,
    status as campaign_status,
    lower(is_active) in ('true', '1', 'yes') as is_active,
    coalesce(lower(is_deleted) in ('true', '1', 'yes'), false) as is_deleted,
    upper(currency_iso_code) as currency,
    try_cast(expected_revenue as decimal(18, 2)) as expected_amount,
    try_cast(budgeted_cost as decimal(18, 2)) as budget_amount,
    try_cast(actual_cost as decimal(18, 2)) as cost_amount,
    try_cast(start_date as date) as starts_on,
    try_cast(end_date as date) as ends_on,
    {{ moment('created_date') }} as created_at,
    coalesce(
        {{ moment('system_modstamp') }},
        {{ moment('last_modified_date') }}
    ) as modified_at,
    _file_id,
    _line,
    _load_id
from campaigns
