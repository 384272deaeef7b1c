-- One row per record with anything to compare: its details in the spelling to compare.
with
details as (
    select * from {{ ref('int_identity__details') }}
),

company_names as (
    select * from {{ ref('int_identity__company_names') }}
),

nicknames as (
    select * from {{ ref('nicknames') }}
),

junk as (
    select * from {{ ref('junk_identifiers') }}
),

-- As they are compared: the last nine digits.
junk_phones as (
    select distinct right({{ regex_replace("value", "[^0-9]", "") }}, 9) as phone
    from junk
    where identifier_kind = 'phone'
),

cleaned as (
    select
        details.record_key,
        lower(split_part(details.given_names, ' ', 1)) as given_word,
        {{ name_key("split_part(details.given_names, ' ', 1)") }} as given_letters,
        lower(coalesce(details.family_name, details.only_name)) as family_words,
        {{ name_key("coalesce(details.family_name, details.only_name)") }}
            as family_letters,
        {{ regex_replace("details.birth_date", "[^0-9]", "") }} as birth_digits,
        regexp_extract(details.birth_date, '^ *([0-9]+)[-/.]([0-9]+)[-/.]([0-9]+)', 1)
            as birth_part_1,
        regexp_extract(details.birth_date, '^ *([0-9]+)[-/.]([0-9]+)[-/.]([0-9]+)', 2)
            as birth_part_2,
        regexp_extract(details.birth_date, '^ *([0-9]+)[-/.]([0-9]+)[-/.]([0-9]+)', 3)
            as birth_part_3,
        {{ composed("lower(trim(details.email))") }} as email,
        right({{ regex_replace("details.phone", "[^0-9]", "") }}, 9) as phone,
        regexp_extract(details.street, '[0-9]+', 0) as house_number,
        {{ name_key("details.street") }} as street,
        {{ regex_replace("upper(details.postal_code)", "[^0-9A-Z]", "") }}
            as postal_code,
        {{ name_key("details.city") }} as city,
        {{ name_key("details.state") }} as state,
        {{ regex_replace("upper(details.national_id)", "[^0-9A-Z]", "") }}
            as national_id,
        company_names.name_key as company
    from details
    left join company_names on details.company_name = company_names.company_name
),

spelled as (
    select
        cleaned.record_key,
        coalesce(nullif(cleaned.given_letters, ''), nullif(cleaned.given_word, ''))
            as given_name,
        coalesce(nullif(cleaned.family_letters, ''), nullif(cleaned.family_words, ''))
            as surname,
        case
            when length(cleaned.birth_part_1) = 4
                then
                    cleaned.birth_part_1
                    || right('0' || cleaned.birth_part_2, 2)
                    || right('0' || cleaned.birth_part_3, 2)
            -- The day comes first unless it cannot; a swap is compared as a slip.
            when
                length(cleaned.birth_part_3) = 4
                and cast(cleaned.birth_part_2 as int) > 12
                then
                    cleaned.birth_part_3
                    || right('0' || cleaned.birth_part_1, 2)
                    || right('0' || cleaned.birth_part_2, 2)
            when length(cleaned.birth_part_3) = 4
                then
                    cleaned.birth_part_3
                    || right('0' || cleaned.birth_part_2, 2)
                    || right('0' || cleaned.birth_part_1, 2)
            when replace(cleaned.birth_digits, '0', '') <> '' then cleaned.birth_digits
        end as birth_date,
        case when domains.value is null then nullif(cleaned.email, '') end as email,
        nullif(split_part(cleaned.email, '@', 1), '') as mailbox,
        case
            when
                length(cleaned.phone) >= 7
                and replace(cleaned.phone, right(cleaned.phone, 1), '') <> ''
                and cleaned.phone not like '__55501__'
                and junk_phones.phone is null
                then cleaned.phone
        end as phone,
        nullif(cleaned.street, '') as street,
        nullif(cleaned.house_number, '') as house_number,
        nullif(cleaned.postal_code, '') as postal_code,
        nullif(cleaned.city, '') as city,
        nullif(cleaned.state, '') as state,
        case
            when
                length(cleaned.national_id) >= 4
                and replace(cleaned.national_id, '0', '') <> ''
                then cleaned.national_id
        end as national_id,
        cleaned.company,
        cleaned.given_letters,
        mailboxes.value is not null or placeholders.value is not null
            as is_role_mailbox
    from cleaned
    left join junk as mailboxes
        on
            mailboxes.identifier_kind = 'email_local_part'
            and split_part(cleaned.email, '@', 1) = mailboxes.value
    left join junk_phones on cleaned.phone = junk_phones.phone
    left join junk as placeholders
        on
            placeholders.identifier_kind in ('email', 'any')
            and cleaned.email = placeholders.value
    left join junk as domains
        on
            domains.identifier_kind = 'email_domain'
            and split_part(cleaned.email, '@', 2) = domains.value
),

features as (
    select
        spelled.record_key,
        spelled.given_name,
        coalesce(nicknames.given_name, spelled.given_name) as given_key,
        spelled.surname,
        case
            when coalesce(nicknames.given_name, spelled.given_name) < spelled.surname
                then
                    coalesce(nicknames.given_name, spelled.given_name)
                    || ' ' || spelled.surname
            else
                spelled.surname
                || ' ' || coalesce(nicknames.given_name, spelled.given_name)
        end as name_key,
        spelled.birth_date,
        case when not spelled.is_role_mailbox then spelled.email end as email,
        case when not spelled.is_role_mailbox then spelled.mailbox end as mailbox,
        -- ann.lee@ and a.lee@ tell nothing new of Ann Lee, ann.lee77@ does.
        replace(replace(
            {{ regex_replace("spelled.mailbox", "[^a-z0-9]", "") }},
            coalesce(spelled.given_letters, ''), ''
        ), coalesce(spelled.surname, ''), '')
        in ('', substr(spelled.given_letters, 1, 1)) as mailbox_is_name,
        spelled.phone,
        spelled.street,
        spelled.house_number,
        spelled.postal_code,
        spelled.city,
        spelled.state,
        spelled.national_id,
        case
            when coalesce(spelled.given_name, spelled.surname) is not null
                then spelled.company
        end as employer,
        case
            when coalesce(spelled.given_name, spelled.surname) is null
                then spelled.company
        end as organisation
    from spelled
    left join nicknames on spelled.given_letters = nicknames.nickname
)

select
    *,
    md5(
        coalesce(given_name, '')
        || '|' || coalesce(given_key, '')
        || '|' || coalesce(surname, '')
        || '|' || coalesce(birth_date, '')
        || '|' || coalesce(email, '')
        || '|' || coalesce(mailbox, '')
        || '|' || coalesce(phone, '')
        || '|' || coalesce(street, '')
        || '|' || coalesce(house_number, '')
        || '|' || coalesce(postal_code, '')
        || '|' || coalesce(city, '')
        || '|' || coalesce(state, '')
        || '|' || coalesce(national_id, '')
        || '|' || coalesce(employer, '')
        || '|' || coalesce(organisation, '')
    ) as content_hash
from features
where
    coalesce(
        given_name, surname, birth_date, email, mailbox, phone, street, postal_code,
        national_id, employer, organisation
    ) is not null
