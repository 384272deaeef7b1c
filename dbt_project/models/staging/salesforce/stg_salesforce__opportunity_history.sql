-- One row per change of an opportunity's stage, amount, probability or close date.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

opportunity_history as (
    select * from {{ source('raw_salesforce', 'opportunity_history') }}
),

delivered as (
    select
        opportunity_history.*,
        row_number() over (
            partition by opportunity_history.history_id, opportunity_history.valid_from
            order by
                try_cast(opportunity_history.system_modstamp as timestamp) desc
                nulls last,
                files.path desc,
                opportunity_history._line desc
        ) as version_rank
    from opportunity_history
    inner join files
        on
            opportunity_history._file_id = files.file_id
            and opportunity_history._load_id = files.load_id
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
    try_cast(amount as decimal(18, 2)) as opportunity_amount,
    try_cast(expected_revenue as decimal(18, 2)) as expected_amount,
    try_cast(prev_amount as decimal(18, 2)) as previous_amount,
    try_cast(probability as double) / 100 as probability_rate,
    try_cast(close_date as date) as close_on,
    try_cast(prev_close_date as date) as previous_close_on,
    coalesce(
        try_cast(valid_from as timestamp),
        try_cast(created_date as timestamp)
    ) as changed_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
