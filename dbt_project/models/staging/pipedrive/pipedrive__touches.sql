-- One row per activity of Pipedrive that was done.
with
activities as (
    select
        *,
        case
            when activity_type in ('call', 'anruf', 'ligação', 'appel', 'llamada')
                then 'call'
            when
                activity_type in (
                    'meeting', 'lunch', 'besprechung', 'reunião', 'réunion', 'reunión'
                )
                then 'meeting'
            when activity_type like '%mail%' then 'email_logged'
            else 'task'
        end as touch_type
    from {{ ref('stg_pipedrive__activities') }}
    where is_done
)

select
    activity_id as touch_id,
    'pipedrive.person:' || person_id as record_id,
    null as other_record_ids,
    touch_type,
    case touch_type
        when 'call' then 'phone'
        when 'email_logged' then 'email'
        else touch_type
    end as channel,
    null as direction,
    false as is_machine,
    subject,
    null as campaign,
    null as message_id,
    null as url,
    deal_id,
    null as ticket_id,
    owner as owner_name,
    null as duration_seconds,
    coalesce(done_at, due_at, created_at) as occurred_at,
    _file_id as file_id,
    _line as line
from activities
