-- One row per version of a record, with its name in two pieces.
{{ config(materialized='view') }}
{%- set particles = 'af|al|ap|bin|da|dal|de|degli|dei|del|della|den|der|di|do|dos|du|'
    ~ 'el|la|las|le|los|op|ten|ter|tot|van|vom|von|zu|zum|zur' %}

with
versions as (
    select
        *,
        trim(coalesce(first_name, '') || coalesce(last_name, '')) = ''
            as is_in_one_piece,
        -- Titles and suffixes are no names.
        trim({{ regex_replace(
            regex_replace(
                "trim(" ~ regex_replace("full_name", "[ \t]+", " ") ~ ")",
                "(?i)^((mr|mrs|ms|miss|mx|sir|herr|frau|hr|fr|mme|mlle|sr|sra|dr|prof|ing)[.]? )+",
                ""
            ),
            "(?i)[, ]+((jr|sr)[.]?|ii|iii|iv|phd|md)$",
            ""
        ) }}) as whole_name
    from {{ ref('conformed__people') }}
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
        when not is_in_one_piece then nullif(trim(first_name), '')
        when whole_name like '%,%' then nullif(trim(split_part(whole_name, ',', 2)), '')
        when last_words <> ''
            then trim(substr(whole_name, 1, length(whole_name) - length(last_words)))
    end as given_names,
    case
        when not is_in_one_piece then nullif(trim(last_name), '')
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
    company_name,
    company_record_id,
    job_title,
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
