-- One row per decision about identity that is in force.
with
decisions as (
    select * from {{ source('decisions', 'identity') }}
)

select
    decision_id,
    decision,
    record_a,
    record_b,
    identifier_kind,
    value,
    author,
    reason,
    decided_at,
    expires_on
from decisions
where expires_on is null or expires_on > {{ as_of() }}
