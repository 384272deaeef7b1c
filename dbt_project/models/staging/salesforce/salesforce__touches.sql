-- One row per task that was done, and per event, of Salesforce.
with
tasks as (
    select
        *,
        case
            when call_type is not null then 'call'
            when 'call' in (lower(task_subtype), lower(task_type)) then 'call'
            when lower(task_subtype) in ('email', 'listemail') then 'email_logged'
            when lower(task_type) = 'email' then 'email_logged'
            else 'task'
        end as touch_type
    from {{ ref('stg_salesforce__tasks') }}
    where not is_deleted and is_closed
),

events as (
    select * from {{ ref('stg_salesforce__events') }}
    where not is_deleted
),

accounts as (
    select * from {{ ref('stg_salesforce__accounts') }}
    where is_current and is_person_account
),

users as (
    select * from {{ ref('stg_salesforce__users') }}
)

select
    tasks.task_id as touch_id,
    coalesce(
        'salesforce.contact:' || tasks.contact_id,
        'salesforce.lead:' || tasks.lead_id,
        'salesforce.account:' || accounts.account_id
    ) as record_id,
    null as other_record_ids,
    tasks.touch_type,
    case tasks.touch_type
        when 'call' then 'phone'
        when 'email_logged' then 'email'
        else tasks.touch_type
    end as channel,
    case
        when lower(tasks.call_type) = 'inbound' then 'inbound'
        when lower(tasks.call_type) = 'outbound' then 'outbound'
    end as direction,
    false as is_machine,
    tasks.subject,
    null as campaign,
    null as message_id,
    null as url,
    tasks.opportunity_id as deal_id,
    tasks.case_id as ticket_id,
    coalesce(users.full_name, users.first_name || ' ' || users.last_name) as owner_name,
    tasks.call_seconds as duration_seconds,
    coalesce(
        tasks.completed_at, {{ start_of_day('tasks.due_on') }}, tasks.created_at
    ) as occurred_at,
    tasks._file_id as file_id,
    tasks._line as line
from tasks
left join accounts on tasks.account_id = accounts.account_id
left join users on tasks.owner_id = users.user_id
union all
select
    events.event_id as touch_id,
    coalesce(
        'salesforce.contact:' || events.contact_id,
        'salesforce.lead:' || events.lead_id,
        'salesforce.account:' || accounts.account_id
    ) as record_id,
    null as other_record_ids,
    'meeting' as touch_type,
    'meeting' as channel,
    null as direction,
    false as is_machine,
    events.subject,
    null as campaign,
    null as message_id,
    null as url,
    events.opportunity_id as deal_id,
    events.case_id as ticket_id,
    coalesce(users.full_name, users.first_name || ' ' || users.last_name) as owner_name,
    events.duration_seconds,
    events.starts_at as occurred_at,
    events._file_id as file_id,
    events._line as line
from events
left join accounts on events.account_id = accounts.account_id
left join users on events.owner_id = users.user_id
