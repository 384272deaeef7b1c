-- One row per request about one's data and identifier it names, as last delivered.
with
-- Whom a request is about may be corrected: the last file that has it counts.
requests as (
    {{ current_rows(
        source('raw_privacy_requests', 'requests'), 'request_id', keep='file'
    ) }}
),

identified as (
    select
        *,
        {{ identifier_kind("identifier_type", "identifier") }} as identifier_kind,
        trim(identifier) as typed
    from requests
    where identifier is not null
    union all
    select
        *,
        {{ identifier_kind("'email'", "email") }} as identifier_kind,
        trim(email) as typed
    from requests
    where email is not null
    union all
    select
        *,
        'phone' as identifier_kind,
        trim(phone) as typed
    from requests
    where phone is not null
),

normalised as (
    select
        *,
        {{ regex_replace("lower(kind)", "[^a-z]", "") }} as bare_kind,
        case
            when identifier_kind in ('email', 'email_sha256')
                then {{ composed("lower(typed)") }}
            else typed
        end as identifier_value
    from identified
),

ranked as (
    select
        *,
        row_number() over (
            partition by request_id, identifier_kind, identifier_value
            order by {{ moment('updated_at') }} desc nulls last, _line desc
        ) as version_rank
    from normalised
)

select
    request_id,
    case
        when bare_kind in ('access', 'dataaccess', 'righttoaccess', 'inforequest')
            then 'access'
        when
            bare_kind in ('erasure', 'righttoerasure', 'erase', 'righttobeforgotten')
            or bare_kind in ('delete', 'deletion', 'datadeletion', 'deletedata')
            then 'erasure'
        when
            bare_kind in ('optoutofsale', 'donotsell', 'optout')
            or bare_kind in ('donotsellorshare', 'donotsellmypersonalinformation')
            then 'opt_out_of_sale'
        when
            bare_kind in ('rectification', 'righttorectification', 'rectify')
            or bare_kind in ('correction', 'correct', 'updatedata')
            then 'rectification'
        else replace(lower(trim(kind)), ' ', '_')
    end as kind,
    identifier_kind,
    identifier_value,
    upper(trim(jurisdiction)) as jurisdiction,
    replace(lower(trim(status)), ' ', '_') as status,
    {{ moment('received_at') }} as received_at,
    {{ moment('updated_at') }} as updated_at,
    _file_id,
    _line,
    _load_id
from ranked
where version_rank = 1
