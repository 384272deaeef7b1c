-- One row per company of a CRM, or web domain of its own that customers write from.
with
crm_companies as (
    select * from {{ ref('conformed__companies') }}
    where not coalesce(is_deleted, false) or merged_into_record_id is not null
),

domains as (
    select * from {{ ref('int_identity__company_domains') }}
),

companies as (
    select
        company_record_id as company_id,
        company_name,
        parent_record_id as parent_company_id,
        merged_into_record_id as merged_into_company_id,
        city,
        postal_code,
        changed_at as modified_at
    from crm_companies
    union all
    select distinct
        'domain:' || domain as company_id,
        cast(null as string) as company_name,
        cast(null as string) as parent_company_id,
        cast(null as string) as merged_into_company_id,
        cast(null as string) as city,
        cast(null as string) as postal_code,
        cast(null as timestamp) as modified_at
    from domains
),

-- Words that say what form a company has, as they stand without full stops.
{%- set legal_forms = '( (' ~ [
    'gmbh', 'mbh', 'ggmbh', 'ug', 'ag', 'kgaa', 'kg', 'ohg', 'gbr', 'e?v', 'e v', 'eg',
    'e ?k', 'se', 'co', 'cie', 'sarl', 'sàrl', 'sagl', 's ?a', 'sas', 'sasu', 'eurl',
    'snc', 'sci', 's ?r ?l', 'srls', 's ?p ?a', 's ?l', 'slu', 'sau', 'sab', 'de cv',
    'lda', 'ltda', 'b ?v', 'n ?v', 'vof', 'bvba', 'sprl', 'asbl', 'vzw', 'ab', 'as',
    'asa', 'aps', '[aik] ?s', 'oyj?', 'ehf', 'hf', 'sp ?z ?oo', 'sp [jk]', 's ?r ?o',
    'spol', 'd ?o ?o', 'kft', 'zrt', 'nyrt', 'bt', 'e?ood', 'ead', 'llc', 'llp', 'lp',
    'plc', 'inc', 'incorporated', 'corp', 'corporation', 'company', 'ltd', 'limited',
    'pty', 'pte', 'pvt', 'sdn', 'bhd', 'k ?k'
] | join('|') ~ '))+ $' %}

spaced as (
    select
        *,
        ' ' || {{ regex_replace(
            "replace(lower(company_name), '.', '')", "[ ,;&+/()-]+", " "
        ) }} || ' ' as words
    from companies
),

bare as (
    select
        *,
        {{ regex_replace(
            regex_replace("replace(words, '  ', ' ')", "^ (the|firma|fa|ooo|pt) ", " "),
            legal_forms,
            " "
        ) }} as bare_words
    from spaced
),

named as (
    select
        *,
        replace(replace(replace(
            {{ name_key(
                regex_replace("bare_words", " (and|und|et|y|e|og|och) ", " ")
            ) }},
            'ae', 'a'
        ), 'oe', 'o'), 'ue', 'u')
        || {{ regex_replace("bare_words", "[^0-9]", "") }} as name_key
    from bare
)

select
    cast(row_number() over (order by company_id asc) as bigint) as company_key,
    company_id,
    company_name,
    nullif(name_key, '') as name_key,
    nullif({{ name_key("city") }}, '') as city_key,
    nullif({{ regex_replace("upper(postal_code)", "[^0-9A-Z]", "") }}, '')
        as postal_code_key,
    parent_company_id,
    merged_into_company_id,
    modified_at
from named
