-- One row per deal and export that shows it; is_current marks the last.
with
deals as (
    {{ current_rows(
        source('raw_hubspot', 'deals'), 'deal_id',
        changed_at='modified_at', keep='delivery'
    ) }}
),

weighed as (
    select
        *,
        try_cast(replace(probability, '%', '') as double) as chance
    from deals
)

select
    deal_id,
    deal_name,
    pipeline,
    deal_stage,
    {{ said_yes('is_closed_won') }} as is_closed_won,
    {{ said_yes('is_closed_lost') }} as is_closed_lost,
    {{ said_yes('is_closed') }} as is_closed,
    deal_type,
    original_source,
    lost_reason,
    -- HubSpot also writes each id with the time of its merge: 100:1714550400000.
    {{ regex_replace('merged_deal_ids', ':[0-9]+', '') }} as merged_deal_ids,
    coalesce({{ said_yes('archived') }}, false) as is_deleted,
    contact_ids,
    company_ids,
    owner,
    upper(currency) as currency,
    try_cast(replace(amount, ',', '') as decimal(18, 4)) as deal_amount,
    -- As a share, or in per cent with or without its sign.
    case
        when
            chance > 1 or probability <> replace(probability, '%', '')
            then chance / 100
        else chance
    end as probability_rate,
    {{ moment('created_at') }} as created_at,
    {{ moment('closed_at') }} as closed_at,
    {{ moment('modified_at') }} as modified_at,
    is_current,
    delivery_number,
    _file_id,
    _line,
    _load_id
from weighed
