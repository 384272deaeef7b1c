-- One row per state of a ticket that differs from the one before it.
with
given as (
    {{ given('ticket_changes', at='changed_at') }}
),

tickets as (
    select * from {{ ref('conformed__tickets') }}
),

-- The history of tickets that count; a ticket that was deleted takes its own with it.
placed as (
    select
        given.*,
        tickets.pipeline,
        tickets.closed_at
    from given
    inner join tickets
        on
            given.source_name = tickets.source_name
            and given.ticket_id = tickets.ticket_id
),

named as (
    {{ named_state('placed', 'ticket', 'status', 'pipeline') }}
),

-- A flag parts open and closed; the status says more: waiting, or solved.
judged as (
    select
        *,
        case
            when state = 'open' and named_state = 'pending' then 'pending'
            when state = 'closed' and named_state = 'solved' then 'solved'
            else coalesce(state, named_state, case
                when closed_at <= changed_at then 'closed'
                else 'open'
            end)
        end as judged_state
    from named
),

-- An export that shows nothing new is no change.
compared as (
    select
        *,
        lag(status) over ticket as earlier_status,
        lag(judged_state) over ticket as earlier_state
    from judged
    window ticket as (
        partition by source_name, ticket_id
        order by changed_at asc nulls first, delivery_number asc, line asc
    )
)

select
    source_name,
    ticket_id,
    changed_at,
    status,
    judged_state as state,
    delivery_number,
    file_id,
    line
from compared
where
    status is distinct from earlier_status
    or judged_state is distinct from earlier_state
