-- One row per deal of Pipedrive, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

deals as (
    select * from {{ source('raw_pipedrive', 'deals') }}
),

delivered as (
    select
        deals.*,
        row_number() over (
            partition by deals.deal_id
            order by
                try_cast(deals.updated_at as timestamp) desc nulls last,
                files.path desc,
                deals._line desc
        ) as version_rank
    from deals
    inner join files
        on deals._file_id = files.file_id and deals._load_id = files.load_id
)

select
    deal_id,
    organization_id,
    organization_name,
    person_id,
    person_name,
    owner,
    title as deal_name,
    pipeline,
    stage as deal_stage,
    -- In the language of whoever exported it, as the headings are.
    case
        when
            lower(status) in (
                'won', 'gewonnen', 'ganho', 'gagné', 'gagnée', 'ganado'
            )
            then 'won'
        when
            lower(status) in ('lost', 'verloren', 'perdido', 'perdu', 'perdue')
            then 'lost'
        when
            lower(status) in (
                'open', 'offen', 'aberto', 'ouvert', 'ouverte', 'abierto'
            )
            then 'open'
        else lower(status)
    end as deal_status,
    labels,
    source_channel,
    lost_reason,
    upper(currency) as currency,
    try_cast(value as decimal(18, 2)) as deal_amount,
    try_cast(probability as double) / 100 as probability_rate,
    try_cast(expected_close_date as date) as expected_close_on,
    try_cast(created_at as timestamp) as created_at,
    try_cast(stage_changed_at as timestamp) as stage_changed_at,
    try_cast(won_at as timestamp) as won_at,
    try_cast(lost_at as timestamp) as lost_at,
    try_cast(closed_at as timestamp) as closed_at,
    try_cast(updated_at as timestamp) as updated_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
