-- One row per record, kind and normalised value of an identifier, with why it may link.
with
sightings as (
    select * from {{ ref('int_identity__sightings') }}
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

cleaned as (
    select
        sightings.record_id,
        sightings.identifier_kind,
        sightings.seen_at,
        countries.calling_code,
        countries.trunk_prefix,
        countries.national_digits_min,
        countries.national_digits_max,
        trim(sightings.raw_value) as typed,
        -- chr(39) is the single quote: Spark 3 reads a doubled one as none.
        trim(both '" ' || chr(39) from lower(sightings.raw_value)) as bare,
        {{ regex_replace("replace(sightings.raw_value, '(0)', '')", "[^0-9+]", "") }}
            as dialled,
        {{ name_key("split_part(trim(sightings.first_name), ' ', 1)") }}
            as typed_given_key,
        {{ name_key("sightings.last_name") }} as family_key
    from sightings
    left join countries on sightings.country_code = countries.country_code
),

named as (
    select
        cleaned.*,
        coalesce(nicknames.given_name, cleaned.typed_given_key) as given_key
    from cleaned
    left join nicknames on cleaned.typed_given_key = nicknames.nickname
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
        end as e164
    from named
),

normalised as (
    select
        record_id,
        identifier_kind,
        given_key,
        family_key,
        bare,
        seen_at,
        case identifier_kind when 'email' then split_part(bare, '@', 1) end as mailbox,
        case identifier_kind when 'email' then split_part(bare, '@', 2) end as domain,
        -- An account number is kept letter for letter: aB1 is another one than ab1.
        case identifier_kind
            when 'email' then {{ composed('bare') }}
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
    from dialled_out
),

judged as (
    select
        normalised.*,
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
        end as junk_reason
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
),

-- A phone says household, not human: it links together with the name only.
linkable as (
    select
        record_id,
        identifier_kind,
        identifier_value,
        junk_reason,
        seen_at,
        case
            when identifier_kind <> 'phone' then identifier_value
            when given_key <> '' and family_key <> ''
                then identifier_value || '|' || given_key || '|' || family_key
        end as link_key,
        coalesce(given_key, '') || '|' || coalesce(family_key, '') as name_key
    from judged
),

-- A mailbox that many names use is nobody's: learned from the data, not from a list.
shared_emails as (
    select
        identifier_kind,
        identifier_value
    from linkable
    where identifier_kind = 'email' and junk_reason is null and name_key <> '|'
    group by identifier_kind, identifier_value
    having count(distinct name_key) > {{ var('max_names_per_email') }}
)

select
    linkable.record_id,
    linkable.identifier_kind,
    linkable.identifier_value,
    min(linkable.link_key) as link_key,
    case
        when min(linkable.junk_reason) is not null then min(linkable.junk_reason)
        when min(shared_emails.identifier_value) is not null then 'shared by many names'
        when min(linkable.link_key) is null then 'phone without a name'
        else 'used'
    end as status,
    {{ sha256_hex('linkable.identifier_value') }} as identifier_hash,
    cast(count(*) as bigint) as sighting_count,
    min(linkable.seen_at) as first_seen_at,
    max(linkable.seen_at) as last_seen_at
from linkable
left join shared_emails
    on
        linkable.identifier_kind = shared_emails.identifier_kind
        and linkable.identifier_value = shared_emails.identifier_value
where linkable.identifier_value <> ''
group by linkable.record_id, linkable.identifier_kind, linkable.identifier_value
