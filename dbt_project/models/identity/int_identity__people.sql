-- One row per version of a record, with its name in two pieces.
{{ config(materialized='view') }}
{%- set particles = 'af|al|ap|bin|da|dal|de|degli|dei|del|della|den|der|di|do|dos|du|'
    ~ 'el|la|las|le|los|op|ten|ter|tot|van|vom|von|zu|zum|zur' %}
{%- set typed_names = {
    'first_name': 'no_names', 'last_name': 'no_names', 'full_name': 'no_names',
    'company_name': 'no_words', 'job_title': 'no_words'
} %}

with
people as (
    select * from {{ ref('conformed__people') }}
),

placeholders as (
    select * from {{ ref('junk_identifiers') }}
),

no_names as (
    select value as word
    from placeholders
    where identifier_kind = 'name'
),

no_words as (
    select distinct value as word
    from placeholders
    where identifier_kind in ('any', 'name')
),

-- What is typed where a form demands a name is none, and neither is an address.
known as (
    select
        {% for name in typed_names %}
        case
            when
                {{ name }}_words.word is null
                and (
                    people.{{ name }} not like '%_@_%'
                    or trim(people.{{ name }}) like '% %'
                )
                then people.{{ name }}
        end as own_{{ name }},
        {% endfor %}
        people.*
    from people
    {% for name, words in typed_names.items() %}
    left join {{ words }} as {{ name }}_words
        on lower(trim(people.{{ name }})) = {{ name }}_words.word
    {% endfor %}
),

versions as (
    select
        *,
        trim(coalesce(own_first_name, '') || coalesce(own_last_name, '')) = ''
            as is_in_one_piece,
        -- Titles and suffixes are no names.
        trim({{ regex_replace(
            regex_replace(
                "trim(" ~ regex_replace("own_full_name", "[ \t]+", " ") ~ ")",
                "(?i)^((mr|mrs|ms|miss|mx|sir|herr|frau|hr|fr|mme|mlle|sr|sra|dr|prof|ing)[.]? )+",
                ""
            ),
            "(?i)[, ]+((jr|sr)[.]?|ii|iii|iv|phd|md)$",
            ""
        ) }}) as whole_name
    from known
),

-- "First Last", or "Last, First"; what stands before the last word belongs to it.
parted as (
    select
        *,
        case
            when whole_name like '%,%' then trim(split_part(whole_name, ',', 1))
            else trim(
                regexp_extract(whole_name, '(?i)(( ({{ particles }}))* [^ ]+)$', 1)
            )
        end as last_words
    from versions
)

select
    record_id,
    record_source,
    record_type,
    source_key,
    is_current,
    case
        when not is_in_one_piece then nullif(trim(own_first_name), '')
        when whole_name like '%,%' then nullif(trim(split_part(whole_name, ',', 2)), '')
        when last_words <> ''
            then trim(substr(whole_name, 1, length(whole_name) - length(last_words)))
    end as given_names,
    case
        when not is_in_one_piece then nullif(trim(own_last_name), '')
        else nullif(last_words, '')
    end as family_name,
    -- One word may be either: it is compared as a surname, and links no phone.
    case
        when is_in_one_piece and last_words = '' then nullif(whole_name, '')
    end as only_name,
    birth_date,
    email,
    other_emails,
    email_sha256,
    phone,
    other_phones,
    street,
    city,
    postal_code,
    state,
    country_code,
    language,
    own_company_name as company_name,
    company_record_id,
    own_job_title as job_title,
    lifecycle_stage,
    national_id,
    loyalty_number,
    social_handle,
    external_id,
    merged_ids,
    salesforce_contact_id,
    is_email_verified,
    created_at,
    seen_at,
    last_seen_at,
    file_id,
    line
from parted
