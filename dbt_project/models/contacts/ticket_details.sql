-- One row per ticket: its subject and who works on it.
with
tickets as (
    select * from {{ ref('conformed__tickets') }}
)

select
    source_name,
    ticket_id,
    ticket_name,
    owner_name
from tickets
