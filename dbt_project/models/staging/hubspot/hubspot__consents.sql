-- One row per time that a contact of HubSpot left all e-mail, or came back.
with
contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
),

flags as (
    select
        'hubspot.contact:' || contact_id as record_id,
        'email' as channel,
        'HubSpot, unsubscribed from all e-mail' as origin,
        has_opted_out_of_email as is_out,
        lag(has_opted_out_of_email) over (
            partition by contact_id order by valid_from_at
        ) as was_out,
        valid_from_at as stated_at,
        _file_id,
        _line
    from contacts
    where has_opted_out_of_email is not null
)

-- Only to have opted out is an answer. One that was taken back has run out: it forbids
-- no more, and allows nothing.
select
    record_id || '/' || channel || '@' || coalesce(
        cast(stated_at as string), _file_id || ':' || cast(_line as string)
    ) as consent_id,
    record_id,
    null as identifier_kind,
    null as identifier_value,
    channel,
    'marketing' as purpose,
    case when is_out then 'withdrawn' else 'expired' end as status,
    origin,
    null as text_version,
    stated_at,
    _file_id as file_id,
    _line as line
from flags
where is_out is distinct from coalesce(was_out, false)
