-- One row per statement of consent and identifier in it; exact repeats come once.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

consents as (
    select * from {{ source('raw_consents', 'consents') }}
),

delivered as (
    select
        consents.*,
        {{ regex_replace("lower(consents.status)", "[^a-z0-9]", "") }} as bare_status,
        files.path || ':' || lpad(cast(consents._line as string), 12, '0') as position
    from consents
    inner join files
        on consents._file_id = files.file_id and consents._load_id = files.load_id
),

identified as (
    select
        *,
        {{ identifier_kind("identifier_type", "identifier") }} as identifier_kind,
        trim(identifier) as typed
    from delivered
    where identifier is not null
    union all
    select
        *,
        {{ identifier_kind("'email'", "email") }} as identifier_kind,
        trim(email) as typed
    from delivered
    where email is not null
    union all
    select
        *,
        'phone' as identifier_kind,
        trim(phone) as typed
    from delivered
    where phone is not null
),

keyed as (
    select
        *,
        md5(
            coalesce(identifier_kind, '') || '|' || typed || '|' || purpose
            || '|' || coalesce(channel, '') || '|' || status
            || '|' || coalesce(source, '') || '|' || coalesce(text_version, '')
            || '|' || occurred_at
        ) as consent_key
    from identified
),

sent_twice as (
    select
        consent_key,
        min(position) as first_position
    from keyed
    group by consent_key
    having count(*) > 1
)

select
    keyed.consent_key,
    keyed.identifier_kind,
    case
        when keyed.identifier_kind in ('email', 'email_sha256')
            then {{ composed("lower(keyed.typed)") }}
        else keyed.typed
    end as identifier_value,
    lower(trim(keyed.purpose)) as purpose,
    replace(lower(trim(keyed.channel)), 'e-mail', 'email') as channel,
    case
        when
            keyed.bare_status in ('granted', 'given', 'confirmed', 'active', 'accepted')
            or keyed.bare_status in ('accept', 'allow', 'allowed', 'consented')
            or keyed.bare_status in ('optin', 'optedin', 'subscribed')
            or keyed.bare_status in ('yes', 'true', '1')
            then 'granted'
        when
            keyed.bare_status in ('withdrawn', 'revoked', 'denied', 'declined', 'deny')
            or keyed.bare_status in ('rejected', 'reject', 'refused')
            or keyed.bare_status in ('optout', 'optedout', 'unsubscribed')
            or keyed.bare_status in ('no', 'false', '0')
            then 'withdrawn'
        else lower(trim(keyed.status))
    end as status,
    keyed.source,
    keyed.text_version,
    try_cast(keyed.occurred_at as timestamp) as occurred_at,
    keyed._file_id,
    keyed._line,
    keyed._load_id
from keyed
left join sent_twice on keyed.consent_key = sent_twice.consent_key
where coalesce(sent_twice.first_position, keyed.position) = keyed.position
