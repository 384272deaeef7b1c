-- One row per company of a CRM or record with an e-mail, and domain of its own.
with
companies as (
    select * from {{ ref('conformed__companies') }}
    where not coalesce(is_deleted, false) or merged_into_record_id is not null
),

identifiers as (
    select * from {{ ref('identifiers') }}
    where identifier_kind = 'email' and status = 'used'
),

shared_domains as (
    select * from {{ ref('shared_domains') }}
),

written as (
    select
        company_record_id,
        {{ regex_replace("lower(websites)", "[,; ]+", " ") }} as websites
    from companies
    where websites is not null
),

hosts as (
    select
        written.company_record_id as owner_id,
        split_part({{ regex_replace(
            "websites.item", "^([a-z]+:)?(//)?(www[0-9]?[.])?", ""
        ) }}, '/', 1) as host
    from written
    {{ split_rows('written.websites', ' ', 'websites') }}
    union all
    select
        record_id as owner_id,
        split_part(identifier_value, '@', 2) as host
    from identifiers
),

-- What somebody registered: acme.co.uk of mail.acme.co.uk.
registered as (
    select distinct
        hosts.owner_id,
        regexp_extract(
            hosts.host,
            '([^.]+[.](ac|co|com|edu|gob|gov|gouv|ne|net|or|org)[.][a-z][a-z]|'
            || '[^.]+[.][^.]+)$',
            1
        ) as domain
    from hosts
    left join shared_domains on hosts.host = shared_domains.domain
    where shared_domains.domain is null
)

select
    registered.owner_id,
    registered.domain
from registered
left join shared_domains on registered.domain = shared_domains.domain
where shared_domains.domain is null and registered.domain <> ''
