-- One row per statement of consent and identifier in it; exact repeats come once.
with
words as (
    select * from {{ ref('consent_words') }}
),

consents as (
    select
        *,
        {{ regex_replace("lower(status)", "[^a-z0-9]", "") }} as status_word,
        {{ regex_replace("lower(channel)", "[^a-z0-9]", "") }} as channel_word,
        {{ regex_replace("lower(purpose)", "[^a-z0-9]", "") }} as purpose_word
    from {{ source('raw_consents', 'consents') }}
),

identified as (
    select
        *,
        {{ identifier_kind("identifier_type", "identifier") }} as identifier_kind,
        trim(identifier) as typed
    from consents
    where identifier is not null
    union all
    select
        *,
        {{ identifier_kind("'email'", "email") }} as identifier_kind,
        trim(email) as typed
    from consents
    where email is not null
    union all
    select
        *,
        'phone' as identifier_kind,
        trim(phone) as typed
    from consents
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

statements as (
    {{ current_rows('keyed', 'consent_key', keep='first') }}
)

select
    statements.consent_key,
    statements.identifier_kind,
    case
        when statements.identifier_kind in ('email', 'email_sha256')
            then {{ composed("lower(statements.typed)") }}
        else statements.typed
    end as identifier_value,
    coalesce(purposes.meaning, lower(trim(statements.purpose))) as purpose,
    -- A purpose that names its channel (e-mail marketing) is for that channel.
    coalesce(
        channels.meaning,
        lower(trim(statements.channel)),
        purposes.channel,
        'all'
    ) as channel,
    coalesce(statuses.meaning, lower(trim(statements.status))) as status,
    statements.source,
    statements.text_version,
    {{ moment('statements.occurred_at') }} as occurred_at,
    statements._file_id,
    statements._line,
    statements._load_id
from statements
left join words as statuses
    on statuses.column_name = 'status' and statements.status_word = statuses.word
left join words as channels
    on channels.column_name = 'channel' and statements.channel_word = channels.word
left join words as purposes
    on purposes.column_name = 'purpose' and statements.purpose_word = purposes.word
