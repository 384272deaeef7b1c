-- One row per ticket of Zendesk, as last exported.
with
tickets as (
    select * from {{ ref('stg_zendesk__tickets') }}
    where is_current and not is_deleted
),

-- Where an export has no ids, an e-mail that one user has names who asked.
users_by_email as (
    select
        email,
        min(user_id) as user_id
    from {{ ref('stg_zendesk__users') }}
    where is_current and not is_deleted and email is not null
    group by email
    having count(*) = 1
)

select
    tickets.ticket_id,
    'zendesk.user:'
    || coalesce(tickets.requester_id, users_by_email.user_id) as record_id,
    null as other_record_ids,
    'zendesk.organization:' || tickets.organization_id as company_record_id,
    tickets.subject as ticket_name,
    null as pipeline,
    tickets.ticket_status as status,
    case tickets.ticket_status
        when 'new' then 'open'
        when 'open' then 'open'
        when 'pending' then 'pending'
        when 'hold' then 'pending'
        when 'solved' then 'solved'
        when 'closed' then 'closed'
    end as state,
    tickets.priority,
    tickets.ticket_type as category,
    case when tickets.tags like '%complaint%' then true end as is_complaint,
    tickets.channel,
    tickets.assignee_name as owner_name,
    tickets.first_reply_seconds,
    tickets.reply_count,
    tickets.reopen_count,
    case
        when tickets.satisfaction_score like 'good%' then 'good'
        when tickets.satisfaction_score like 'bad%' then 'bad'
        when tickets.satisfaction_score = 'offered' then 'offered'
    end as satisfaction,
    tickets.created_at,
    tickets.solved_at as closed_at,
    tickets.updated_at as changed_at,
    tickets._file_id as file_id,
    tickets._line as line
from tickets
left join users_by_email on tickets.requester_email = users_by_email.email
