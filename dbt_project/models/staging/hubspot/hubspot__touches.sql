-- One row per note, call, meeting, task or e-mail that a seller logged in HubSpot.
with
notes as (
    select
        *,
        {{ record_list('hubspot.contact', 'contact_ids') }} as contact_list,
        case
            when activity_type like '%call%' or activity_type like 'anruf%' then 'call'
            when activity_type like '%meeting%' then 'meeting'
            when activity_type like '%task%' or activity_type = 'aufgabe' then 'task'
            when activity_type like '%mail%' and activity_type not like 'postal%'
                then 'email_logged'
            when activity_type like '%sms%' or activity_type like '%whatsapp%'
                then 'sms_logged'
            else 'note'
        end as touch_type
    from {{ ref('stg_hubspot__notes') }}
    where not is_deleted
)

select
    note_id as touch_id,
    split_part(contact_list, ';', 1) as record_id,
    {{ after_first('contact_list') }} as other_record_ids,
    touch_type,
    case touch_type
        when 'call' then 'phone'
        when 'email_logged' then 'email'
        when 'sms_logged' then 'sms'
        else touch_type
    end as channel,
    case
        when {{ regex_like("direction", "'inbound|incoming'") }} then 'inbound'
        when {{ regex_like("direction", "'outbound|outgoing'") }} then 'outbound'
        when activity_type like '%incoming%' then 'inbound'
        when activity_type like '%outgoing%' then 'outbound'
    end as direction,
    false as is_machine,
    subject,
    null as campaign,
    null as message_id,
    null as url,
    nullif(trim(split_part(deal_ids, ';', 1)), '') as deal_id,
    nullif(trim(split_part(ticket_ids, ';', 1)), '') as ticket_id,
    owner as owner_name,
    null as duration_seconds,
    activity_at as occurred_at,
    _file_id as file_id,
    _line as line
from notes
-- A task that is not done is no contact yet.
where not (
    touch_type = 'task'
    and coalesce(activity_status, 'completed') not in ('completed', 'done', 'erledigt')
)
