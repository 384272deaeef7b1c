-- One row per record with a name, an address or a birth date: its newest version.
with
versions as (
    select * from {{ ref('int_identity__people') }}
),

records as (
    select * from {{ ref('records') }}
),

described as (
    select
        *,
        row_number() over (
            partition by record_id
            order by last_seen_at desc nulls last, file_id asc, line asc
        ) as version_rank
    from versions
    where
        coalesce(given_names, family_name, only_name) is not null
        or trim(birth_date) <> ''
        or trim(coalesce(street, '') || coalesce(city, '')) <> ''
        or trim(postal_code) <> ''
)

select
    records.record_key,
    described.record_id,
    described.record_source as source_name,
    described.given_names,
    described.family_name,
    described.only_name,
    nullif(trim(described.birth_date), '') as birth_date,
    nullif(trim(described.email), '') as email,
    nullif(trim(described.phone), '') as phone,
    nullif(trim(described.street), '') as street,
    nullif(trim(described.city), '') as city,
    nullif(trim(described.postal_code), '') as postal_code,
    nullif(trim(described.state), '') as state,
    described.country_code,
    nullif(trim(described.national_id), '') as national_id,
    nullif(trim(described.company_name), '') as company_name,
    described.last_seen_at as seen_at
from described
inner join records on described.record_id = records.record_id
where described.version_rank = 1
