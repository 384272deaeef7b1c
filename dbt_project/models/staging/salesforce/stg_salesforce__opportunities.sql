-- One row per opportunity and export that shows it; is_current marks the last.
with
opportunities as (
    {{ current_rows(
        source('raw_salesforce', 'opportunities'), 'opportunity_id',
        changed_at='coalesce(system_modstamp, last_modified_date)', keep='delivery'
    ) }}
)

select
    opportunity_id,
    account_id,
    contact_id,
    campaign_id,
    owner_id,
    record_type_id,
    name as opportunity_name,
    type as opportunity_type,
    stage_name as stage,
    forecast_category_name as forecast_category,
    lead_source,
    lower(is_closed) in ('true', '1', 'yes') as is_closed,
    lower(is_won) in ('true', '1', 'yes') as is_won,
    coalesce(lower(is_deleted) in ('true', '1', 'yes'), false) as is_deleted,
    upper(currency_iso_code) as currency,
    try_cast(amount as decimal(18, 4)) as opportunity_amount,
    try_cast(expected_revenue as decimal(18, 4)) as expected_amount,
    try_cast(probability as double) / 100 as probability_rate,
    try_cast(close_date as date) as close_on,
    {{ moment('created_date') }} as created_at,
    coalesce(
        {{ moment('system_modstamp') }},
        {{ moment('last_modified_date') }}
    ) as modified_at,
    is_current,
    delivery_number,
    _file_id,
    _line,
    _load_id
from opportunities
