-- One row per quote of the workshop.
with
quotes as (
    {{ current_rows(source('raw_workshop', 'quotes'), 'quote') }}
)

select
    quote as deal_id,
    'workshop.customer:' || customer as record_id,
    null as other_record_ids,
    null as company_record_id,
    bicycle as deal_name,
    'quotes' as pipeline,
    coalesce(answer, 'no answer') as stage,
    case answer when 'yes' then 'won' when 'no' then 'lost' else 'open' end as state,
    null as owner_name,
    null as deal_type,
    null as lead_source,
    'GBP' as currency,
    price as deal_amount,
    null as probability_rate,
    null as lost_reason,
    try_cast(written_at as timestamp) as created_at,
    try_cast(answered_at as timestamp) as closed_at,
    null as expected_close_on,
    coalesce(try_cast(answered_at as timestamp), try_cast(written_at as timestamp))
        as changed_at,
    _file_id as file_id,
    _line as line
from quotes
