-- One row per support ticket, as last delivered.
with
given as (
    {{ given('tickets', added=['record_key'], at='created_at') }}
),

record_keys as (
    select * from {{ ref('record_keys') }}
),

named as (
    {{ named_state('given', 'ticket', 'status', 'pipeline') }}
),

-- A flag parts open and closed; the status says more: waiting, or solved.
judged as (
    select
        *,
        case
            when state = 'open' and named_state = 'pending' then 'pending'
            when state = 'closed' and named_state = 'solved' then 'solved'
            else coalesce(state, named_state, case
                when closed_at < {{ end_of_day(as_of()) }} then 'closed'
                else 'open'
            end)
        end as judged_state
    from named
)

select
    judged.source_name,
    judged.ticket_id,
    judged.record_id,
    judged.other_record_ids,
    judged.company_record_id,
    judged.ticket_name,
    judged.pipeline,
    judged.status,
    judged.judged_state as state,
    judged.priority,
    judged.category,
    coalesce(
        judged.is_complaint,
        {{ regex_like(
            "lower(judged.category)",
            "'complain|beschwer|reklam|réclam|plainte|queja|reclam|klacht'"
        ) }}
    ) as is_complaint,
    judged.channel,
    judged.owner_name,
    judged.first_reply_seconds,
    judged.reply_count,
    judged.reopen_count,
    judged.satisfaction,
    judged.created_at,
    case
        when judged.judged_state in ('solved', 'closed') then judged.closed_at
    end as closed_at,
    judged.changed_at,
    judged.file_id,
    judged.line,
    record_keys.record_key
from judged
left join record_keys on judged.record_id = record_keys.record_id
