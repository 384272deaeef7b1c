-- One row per identifier that a record was seen with under one name, normalised.
with
sightings as (
    select * from {{ ref('int_identity__sightings') }}
),

records as (
    select * from {{ ref('records') }}
),

countries as (
    select * from {{ ref('countries') }}
),

nicknames as (
    select * from {{ ref('nicknames') }}
),

junk as (
    select * from {{ ref('junk_identifiers') }}
),

-- There are fewer names than sightings: each is made comparable once.
names as (
    select
        first_name,
        last_name,
        {{ name_key("split_part(trim(first_name), ' ', 1)") }} as typed_given_key,
        {{ name_key("last_name") }} as family_key
    from (
        select distinct
            coalesce(first_name, '') as first_name,
            coalesce(last_name, '') as last_name
        from sightings
    ) as distinct_names
),

cleaned as (
    select
        records.record_key,
        sightings.record_id,
        sightings.identifier_kind,
        sightings.seen_at,
        sightings.last_seen_at,
        sightings.file_id,
        sightings.line,
        countries.calling_code,
        countries.trunk_prefix,
        countries.national_digits_min,
        countries.national_digits_max,
        trim(sightings.raw_value) as typed,
        -- chr(39) is the single quote: Spark 3 reads a doubled one as none.
        trim(both '" ' || chr(39) from lower(sightings.raw_value)) as bare,
        case
            when sightings.identifier_kind = 'phone'
                then {{ regex_replace(
                    "replace(sightings.raw_value, '(0)', '')", "[^0-9+]", ""
                ) }}
        end as dialled,
        coalesce(nicknames.given_name, names.typed_given_key) as given_key,
        names.family_key
    from sightings
    inner join records on sightings.record_id = records.record_id
    inner join names
        on
            coalesce(sightings.first_name, '') = names.first_name
            and coalesce(sightings.last_name, '') = names.last_name
    left join nicknames on names.typed_given_key = nicknames.nickname
    left join countries on sightings.country_code = countries.country_code
),

-- E.164: as typed with + or 00; else the trunk prefix gives way to the country's code.
dialled_out as (
    select
        *,
        case
            when substr(dialled, 1, 1) = '+' then dialled
            when substr(dialled, 1, 2) = '00' then '+' || substr(dialled, 3)
            when calling_code is null then null
            when
                trunk_prefix <> ''
                and substr(dialled, 1, length(trunk_prefix)) = trunk_prefix
                then '+' || calling_code || substr(dialled, length(trunk_prefix) + 1)
            else '+' || calling_code || dialled
        end as international
    from cleaned
),

-- +49 0170 … : the trunk prefix is typed although the country's code stands before it.
e164_numbers as (
    select
        *,
        case
            when
                trunk_prefix = '0'
                and substr(international, 1, length(calling_code) + 2)
                = '+' || calling_code || '0'
                then
                    '+' || calling_code
                    || substr(international, length(calling_code) + 3)
            else international
        end as e164
    from dialled_out
),

normalised as (
    select
        *,
        case identifier_kind when 'email' then split_part(bare, '@', 1) end as mailbox,
        case identifier_kind when 'email' then split_part(bare, '@', 2) end as domain,
        -- An account number is kept letter for letter: aB1 is another one than ab1.
        case identifier_kind
            when 'email' then {{ composed('bare') }}
            when 'email_sha256' then bare
            when 'phone' then coalesce(e164, dialled)
            else typed
        end as identifier_value,
        case
            when identifier_kind <> 'phone' then true
            when length(replace(dialled, '+', '')) < 7 then false
            when e164 is null then length(dialled) <= 15
            when
                calling_code is null
                or substr(e164, 2, length(calling_code)) <> calling_code
                then length(e164) between 8 and 16
            else
                length(e164) - length(calling_code) - 1
                between national_digits_min and national_digits_max
        end as is_dialable
    from e164_numbers
)

select
    normalised.record_key,
    normalised.record_id,
    normalised.identifier_kind,
    normalised.identifier_value,
    coalesce(normalised.given_key, '') as given_key,
    coalesce(normalised.family_key, '') as family_key,
    case
        when length(normalised.bare) > 400 then 'too long'
        when
            {{ regex_like("normalised.bare", "'^([0-]*|null)$'") }}
            then 'placeholder'
        when anything.value is not null then anything.reason
        when listed.value is not null then listed.reason
        when mailboxes.value is not null then mailboxes.reason
        when domains.value is not null then domains.reason
        when
            normalised.identifier_kind = 'email'
            and not
            {{ regex_like("normalised.bare", "'^[^@ ]+@[^@ ]+[.][^@ .]+$'") }}
            then 'not an e-mail'
        when not normalised.is_dialable then 'not a phone number'
        when
            normalised.identifier_kind = 'phone'
            and (
                length(replace(
                    substr(normalised.identifier_value, 4),
                    right(normalised.identifier_value, 1), ''
                )) <= 1
                or normalised.identifier_value like '+1___55501__'
            )
            then 'made-up number'
    end as junk_reason,
    normalised.seen_at,
    normalised.last_seen_at,
    normalised.file_id,
    normalised.line
from normalised
left join junk as anything
    on anything.identifier_kind = 'any' and normalised.bare = anything.value
left join junk as listed
    on
        normalised.identifier_kind = listed.identifier_kind
        and normalised.identifier_value = listed.value
left join junk as mailboxes
    on
        mailboxes.identifier_kind = 'email_local_part'
        and normalised.mailbox = mailboxes.value
left join junk as domains
    on
        domains.identifier_kind = 'email_domain'
        and normalised.domain = domains.value
where normalised.identifier_value <> ''
