-- One row per deal of HubSpot, as last exported.
with
deals as (
    select
        *,
        {{ record_list('hubspot.contact', 'contact_ids') }} as contact_list
    from {{ ref('stg_hubspot__deals') }}
    where is_current and not is_deleted
),

merged_away as (
    select * from {{ ref('stg_hubspot__merges') }}
    where object_type = 'deal'
)

select
    deals.deal_id,
    split_part(deals.contact_list, ';', 1) as record_id,
    {{ after_first('deals.contact_list') }} as other_record_ids,
    {{ record_list('hubspot.company', 'deals.company_ids') }} as company_record_id,
    deals.deal_name,
    deals.pipeline,
    deals.deal_stage as stage,
    case
        when deals.is_closed_won then 'won'
        when deals.is_closed_lost then 'lost'
        when deals.is_closed and not deals.is_closed_won then 'lost'
        when not deals.is_closed then 'open'
        when not deals.is_closed_won and not deals.is_closed_lost then 'open'
        -- HubSpot gives 100 % to what is won, 0 % to what is lost, to nothing else.
        when deals.probability_rate = 1 then 'won'
        when deals.probability_rate = 0 then 'lost'
        when deals.probability_rate > 0 then 'open'
    end as state,
    deals.owner as owner_name,
    deals.deal_type,
    deals.original_source as lead_source,
    deals.currency,
    deals.deal_amount,
    deals.probability_rate,
    deals.lost_reason,
    deals.created_at,
    deals.closed_at,
    null as expected_close_on,
    deals.modified_at as changed_at,
    deals._file_id as file_id,
    deals._line as line
from deals
left join merged_away on deals.deal_id = merged_away.merged_id
where merged_away.merged_id is null
