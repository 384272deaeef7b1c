-- One row per deal and export that shows it; is_current marks the last.
with
deals as (
    {{ current_rows(
        source('raw_pipedrive', 'deals'), 'deal_id',
        changed_at='updated_at', keep='delivery'
    ) }}
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
    lower(trim(status)) as deal_status,
    -- In the language of whoever exported it, as the headings are.
    case
        when
            lower(trim(status)) in (
                'won', 'gewonnen', 'ganho', 'ganha', 'gagné', 'gagnée',
                'ganado', 'ganada', 'vinto'
            )
            then 'won'
        when
            lower(trim(status)) in (
                'lost', 'verloren', 'perdido', 'perdida', 'perdu', 'perdue',
                'perso'
            )
            then 'lost'
        when
            lower(trim(status)) in (
                'open', 'offen', 'aberto', 'aberta', 'ouvert', 'ouverte',
                'abierto', 'abierta', 'aperto'
            )
            then 'open'
        when won_at is not null then 'won'
        when lost_at is not null then 'lost'
    end as state,
    labels,
    coalesce({{ said_yes('is_deleted') }}, false) as is_deleted,
    source_channel,
    lost_reason,
    upper(currency) as currency,
    try_cast(value as decimal(18, 4)) as deal_amount,
    try_cast(probability as double) / 100 as probability_rate,
    try_cast(expected_close_date as date) as expected_close_on,
    {{ moment('created_at') }} as created_at,
    {{ moment('stage_changed_at') }} as stage_changed_at,
    {{ moment('won_at') }} as won_at,
    {{ moment('lost_at') }} as lost_at,
    {{ moment('closed_at') }} as closed_at,
    {{ moment('updated_at') }} as updated_at,
    is_current,
    delivery_number,
    _file_id,
    _line,
    _load_id
from deals
