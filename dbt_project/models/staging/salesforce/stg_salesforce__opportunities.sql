-- One row per opportunity of Salesforce, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

opportunities as (
    select * from {{ source('raw_salesforce', 'opportunities') }}
),

delivered as (
    select
        opportunities.*,
        row_number() over (
            partition by opportunities.opportunity_id
            order by
                coalesce(
                    try_cast(opportunities.system_modstamp as timestamp),
                    try_cast(opportunities.last_modified_date as timestamp)
                ) desc nulls last,
                files.path desc,
                opportunities._line desc
        ) as version_rank
    from opportunities
    inner join files
        on
            opportunities._file_id = files.file_id
            and opportunities._load_id = files.load_id
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
    try_cast(amount as decimal(18, 2)) as opportunity_amount,
    try_cast(expected_revenue as decimal(18, 2)) as expected_amount,
    try_cast(probability as double) / 100 as probability_rate,
    try_cast(close_date as date) as close_on,
    try_cast(created_date as timestamp) as created_at,
    coalesce(
        try_cast(system_modstamp as timestamp),
        try_cast(last_modified_date as timestamp)
    ) as modified_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
