-- One row per version of an end user of Zendesk; who is known by tickets alone has one.
with
users as (
    select
        *,
        coalesce(role like '%agent%' or role like '%admin%', false) as is_staff
    from {{ ref('stg_zendesk__users') }}
),

-- An export of tickets names who asked, with or without a list of users beside it.
requesters as (
    select
        tickets.*,
        row_number() over (
            partition by tickets.requester_id
            order by tickets.updated_at desc nulls last, tickets.ticket_id desc
        ) as ticket_rank
    from {{ ref('stg_zendesk__tickets') }} as tickets
    left join users on tickets.requester_id = users.user_id
    where
        users.user_id is null
        and tickets.requester_id is not null
        and tickets.is_current
        and not tickets.is_deleted
)

select
    'zendesk.user:' || user_id as record_id,
    is_current and not is_deleted as is_current,
    null as first_name,
    null as last_name,
    full_name,
    null as birth_date,
    email,
    null as other_emails,
    null as email_sha256,
    phone,
    null as other_phones,
    null as street,
    null as city,
    null as postal_code,
    null as state,
    null as country,
    null as country_code,
    lower(substr(locale, 1, 2)) as language,
    organization_name as company_name,
    'zendesk.organization:' || organization_id as company_record_id,
    null as job_title,
    null as lifecycle_stage,
    null as national_id,
    null as loyalty_number,
    null as social_handle,
    external_id,
    null as merged_ids,
    null as salesforce_contact_id,
    is_verified as is_email_verified,
    created_at,
    case
        when updated_at > min(updated_at) over (partition by user_id)
            then updated_at
        else coalesce(created_at, updated_at)
    end as seen_at,
    coalesce(updated_at, created_at) as last_seen_at,
    _file_id as file_id,
    _line as line
from users
where not is_staff
union all
select
    'zendesk.user:' || requester_id as record_id,
    true as is_current,
    null as first_name,
    null as last_name,
    requester_name as full_name,
    null as birth_date,
    requester_email as email,
    null as other_emails,
    null as email_sha256,
    null as phone,
    null as other_phones,
    null as street,
    null as city,
    null as postal_code,
    null as state,
    null as country,
    null as country_code,
    null as language,
    organization_name as company_name,
    'zendesk.organization:' || organization_id as company_record_id,
    null as job_title,
    null as lifecycle_stage,
    null as national_id,
    null as loyalty_number,
    null as social_handle,
    requester_external_id as external_id,
    null as merged_ids,
    null as salesforce_contact_id,
    null as is_email_verified,
    created_at,
    created_at as seen_at,
    coalesce(updated_at, created_at) as last_seen_at,
    _file_id as file_id,
    _line as line
from requesters
where ticket_rank = 1
