-- One row per deal: its name and other texts that may hold names of people.
with
deals as (
    select * from {{ ref('conformed__deals') }}
)

select
    source_name,
    deal_id,
    deal_name,
    owner_name,
    lost_reason
from deals
