-- One row per state of a ticket that differs from the one before it.
with
given as (
    {{ given('ticket_changes', at='changed_at') }}
)

select
    source_name,
    ticket_id,
    changed_at,
    status,
    state,
    file_id,
    line
from given
