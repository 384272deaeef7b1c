-- One row per change of the marketing status of a person of Pipedrive.
with
persons as (
    select
        *,
        lag(marketing_status) over (
            partition by person_id order by updated_at
        ) as earlier_status
    from {{ ref('stg_pipedrive__persons') }}
    -- What bounced or was archived says nothing of what the person wants.
    where marketing_status in ('subscribed', 'unsubscribed', 'no_consent', 'no consent')
)

select
    person_id || '@' || coalesce(
        cast(updated_at as string), _file_id || ':' || cast(_line as string)
    ) as consent_id,
    'pipedrive.person:' || person_id as record_id,
    null as identifier_kind,
    null as identifier_value,
    'email' as channel,
    'marketing' as purpose,
    case marketing_status
        when 'subscribed' then 'granted'
        else 'withdrawn'
    end as status,
    'Pipedrive, marketing status' as origin,
    null as text_version,
    updated_at as stated_at,
    _file_id as file_id,
    _line as line
from persons
where marketing_status is distinct from earlier_status
