-- One row per version of a record that a source keeps of someone; browsers are apart.
with
given as (
    {{ given('people', added=['record_source', 'record_type', 'source_key']) }}
),

aliases as (
    select * from {{ ref('country_aliases') }}
)

select
    given.source_name,
    given.record_id,
    given.is_current,
    given.first_name,
    given.last_name,
    given.full_name,
    given.birth_date,
    given.email,
    given.other_emails,
    given.email_sha256,
    given.phone,
    given.other_phones,
    given.street,
    given.city,
    given.postal_code,
    given.state,
    given.country,
    coalesce(
        given.country_code,
        coalesce(aliases.country_code, upper(trim(given.country)))
    ) as country_code,
    given.language,
    given.company_name,
    given.company_record_id,
    given.job_title,
    given.lifecycle_stage,
    given.national_id,
    given.loyalty_number,
    given.social_handle,
    given.external_id,
    given.merged_ids,
    given.salesforce_contact_id,
    given.is_email_verified,
    given.created_at,
    given.seen_at,
    given.last_seen_at,
    given.file_id,
    given.line,
    split_part(given.record_id, '.', 1) as record_source,
    split_part(split_part(given.record_id, ':', 1), '.', 2) as record_type,
    substr(given.record_id, position(':' in given.record_id) + 1) as source_key
from given
left join aliases on lower(trim(given.country)) = aliases.alias
where given.record_id is not null
