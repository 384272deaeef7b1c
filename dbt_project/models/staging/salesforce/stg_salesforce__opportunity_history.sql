-- One row per change of an opportunity's stage, amount, probability or close date.
with
opportunity_history as (
    {{ current_rows(
        source('raw_salesforce', 'opportunity_history'), ['history_id', 'valid_from'],
        changed_at='system_modstamp'
    ) }}
)

select
    history_id,
    -- An ETL tool keeps versions of the opportunity under its own id.
    coalesce(opportunity_id, history_id) as opportunity_id,
    created_by_id as changed_by_id,
    stage_name as stage,
    forecast_category,
    coalesce(lower(is_deleted) in ('true', '1', 'yes'), false) as is_deleted,
    upper(currency_iso_code) as currency,
    try_cast(amount as decimal(18, 4)) as opportunity_amount,
    try_cast(expected_revenue as decimal(18, 4)) as expected_amount,
    try_cast(prev_amount as decimal(18, 4)) as previous_amount,
    try_cast(probability as double) / 100 as probability_rate,
    try_cast(close_date as date) as close_on,
    try_cast(prev_close_date as date) as previous_close_on,
    coalesce(
        {{ moment('valid_from') }},
        {{ moment('created_date') }}
    ) as changed_at,
    delivery_number,
    _file_id,
    _line,
    _load_id
from opportunity_history
