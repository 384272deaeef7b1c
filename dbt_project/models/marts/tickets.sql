-- One row per support ticket.
with
tickets as (
    select * from {{ ref('conformed__tickets') }}
),

changes as (
    select * from {{ ref('conformed__ticket_changes') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

ordered as (
    select
        source_name,
        ticket_id,
        state,
        lag(state) over (
            partition by source_name, ticket_id
            order by changed_at asc nulls first, delivery_number asc, line asc
        ) as earlier_state
    from changes
),

moves as (
    select
        source_name,
        ticket_id,
        count_if(
            state in ('open', 'pending') and earlier_state in ('solved', 'closed')
        ) as reopen_count
    from ordered
    group by source_name, ticket_id
)

select
    tickets.source_name,
    tickets.ticket_id,
    customer_ids.customer_id,
    tickets.record_id,
    substr(tickets.record_id, position(':' in tickets.record_id) + 1) as contact_id,
    tickets.pipeline,
    tickets.status as ticket_status,
    tickets.state,
    tickets.state in ('open', 'pending') as is_open,
    tickets.priority,
    tickets.category,
    coalesce(tickets.is_complaint, false) as is_complaint,
    tickets.channel,
    tickets.satisfaction,
    tickets.reply_count,
    -- The help desk's own count goes before what its exports show.
    cast(coalesce(tickets.reopen_count, moves.reopen_count, 0) as bigint)
        as reopen_count,
    tickets.first_reply_seconds,
    case
        when tickets.closed_at >= tickets.created_at
            then cast(
                {{ epoch_seconds('tickets.closed_at') }}
                - {{ epoch_seconds('tickets.created_at') }} as bigint
            )
    end as resolution_seconds,
    tickets.created_at,
    tickets.closed_at,
    tickets.changed_at as modified_at,
    tickets.file_id
from tickets
left join customer_ids on tickets.record_id = customer_ids.record_id
left join moves
    on
        tickets.source_name = moves.source_name
        and tickets.ticket_id = moves.ticket_id
