-- One row per customer, attribute and record that answers it now.
with
people as (
    select * from {{ ref('int_identity__people') }}
    where is_current
),

features as (
    select * from {{ ref('int_identity__features') }}
),

records as (
    select * from {{ ref('records') }}
    where not coalesce(is_gone, false)
),

record_kinds as (
    select * from {{ ref('record_kinds') }}
),

identifiers as (
    select * from {{ ref('identifiers') }}
    where
        identifier_kind in ('email', 'phone')
        and status in ('used', 'phone without a name', 'split by decision')
),

companies as (
    select * from {{ ref('conformed__companies') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

junk as (
    select * from {{ ref('junk_identifiers') }}
    where identifier_kind = 'any'
),

present as (
    select
        customer_ids.customer_id,
        records.record_key,
        records.record_id,
        records.source_name,
        record_kinds.trust
    from records
    inner join customer_ids on records.record_id = customer_ids.record_id
    left join record_kinds
        on
            records.source_name = record_kinds.record_source
            and records.record_type = record_kinds.record_type
),

described as (
    select
        present.record_key,
        coalesce(people.last_seen_at, people.seen_at) as observed_at,
        coalesce(people.is_email_verified, false) as is_email_verified,
        {{ composed("lower(trim(people.email))") }} as own_email,
        people.given_names as first_name,
        coalesce(people.family_name, people.only_name) as last_name,
        nullif(trim(people.street), '') as street,
        nullif(trim(people.city), '') as city,
        nullif(trim(people.postal_code), '') as postal_code,
        nullif(trim(people.state), '') as state,
        people.country_code,
        {{ regex_replace(
            "lower(people.country_code || ' ' || coalesce(people.postal_code, '') || ' ' "
            ~ "|| coalesce(people.street, people.city, ''))", "[^0-9a-z]", ""
        ) }} as address_key,
        case
            when length(features.birth_date) = 8
                then try_cast(
                    substr(features.birth_date, 1, 4)
                    || '-' || substr(features.birth_date, 5, 2)
                    || '-' || substr(features.birth_date, 7, 2) as date
                )
        end as birth_on,
        lower(nullif(trim(people.language), '')) as language,
        coalesce(nullif(trim(people.company_name), ''), companies.company_name)
            as company_name,
        nullif(trim(people.job_title), '') as job_title,
        lower(nullif(trim(people.lifecycle_stage), '')) as lifecycle_stage
    from people
    inner join present on people.record_id = present.record_id
    left join features on present.record_key = features.record_key
    left join companies
        on split_part(people.company_record_id, ';', 1) = companies.company_record_id
),

named as (
    {%- for name in ['first_name', 'last_name'] %}
    select
        described.record_key,
        '{{ name }}' as attribute,
        described.{{ name }} as value,
        {{ name_key("described." ~ name) }} as value_key,
        described.observed_at,
        false as is_verified,
        -- An initial is better than nothing, and less than a name.
        case
            when length({{ name_key("described." ~ name) }}) > 1 then 1 else 0
        end as completeness
    from described
    left join junk on lower(described.{{ name }}) = junk.value
    where junk.value is null and {{ name_key("described." ~ name) }} <> ''
    union all
    {%- endfor %}
    -- A country alone is better than nothing, and less than an address.
    select
        record_key,
        'address' as attribute,
        null as value,
        address_key as value_key,
        observed_at,
        false as is_verified,
        case when street is not null then 2 else 0 end
        + case when coalesce(city, postal_code) is not null then 1 else 0 end
            as completeness
    from described
    where coalesce(street, city, postal_code, country_code) is not null
    union all
    -- A day of birth in the future, or of somebody older than anybody, is none.
    select
        record_key,
        'birth_on' as attribute,
        cast(birth_on as string) as value,
        cast(birth_on as string) as value_key,
        observed_at,
        false as is_verified,
        0 as completeness
    from described
    where
        birth_on < {{ as_of() }}
        and {{ days_between("birth_on", as_of()) }} < 366 * 120
    {%- for attribute in [
        'language', 'company_name', 'job_title', 'lifecycle_stage'
    ] %}
    union all
    select
        record_key,
        '{{ attribute }}' as attribute,
        {{ attribute }} as value,
        lower({{ attribute }}) as value_key,
        observed_at,
        false as is_verified,
        0 as completeness
    from described
    where {{ attribute }} is not null
    {%- endfor %}
),

reached as (
    select
        identifiers.record_key,
        identifiers.identifier_kind as attribute,
        identifiers.identifier_value as value,
        identifiers.identifier_value as value_key,
        max(identifiers.last_seen_at) as observed_at,
        bool_or(
            identifiers.identifier_kind = 'email'
            and coalesce(described.is_email_verified, false)
        ) as is_verified,
        0 as completeness
    from identifiers
    left join described
        on
            identifiers.record_key = described.record_key
            and identifiers.identifier_value = described.own_email
    group by
        identifiers.record_key,
        identifiers.identifier_kind,
        identifiers.identifier_value
),

answers as (
    select * from named
    union all
    select * from reached
)

select
    present.customer_id,
    answers.attribute,
    present.record_key,
    present.record_id,
    present.source_name,
    present.trust,
    answers.value,
    answers.value_key,
    answers.is_verified,
    answers.completeness,
    answers.observed_at,
    addresses.street,
    addresses.city,
    addresses.postal_code,
    addresses.state,
    addresses.country_code
from answers
inner join present on answers.record_key = present.record_key
left join described as addresses
    on
        answers.attribute = 'address'
        and answers.record_key = addresses.record_key
