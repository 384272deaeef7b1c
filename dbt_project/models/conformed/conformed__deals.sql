-- One row per deal, as last delivered.
with
given as (
    {{ given('deals', added=['record_key'], at='created_at') }}
),

record_keys as (
    select * from {{ ref('record_keys') }}
)

select
    given.source_name,
    given.deal_id,
    given.record_id,
    given.other_record_ids,
    given.company_record_id,
    given.deal_name,
    given.pipeline,
    given.stage,
    given.state,
    given.owner_name,
    given.deal_type,
    given.lead_source,
    given.currency,
    given.deal_amount,
    given.probability_rate,
    given.lost_reason,
    given.created_at,
    given.closed_at,
    given.expected_close_on,
    given.changed_at,
    given.file_id,
    given.line,
    record_keys.record_key
from given
left join record_keys on given.record_id = record_keys.record_id
