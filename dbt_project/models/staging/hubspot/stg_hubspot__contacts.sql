-- One row per version of a CRM contact; is_current marks the last.
with
contacts as (
    {{ current_rows(
        source('raw_hubspot', 'contacts'), 'contact_id',
        changed_at='modified_at', keep='version'
    ) }}
)

select
    contact_id,
    email,
    other_emails,
    first_name,
    last_name,
    phone,
    mobile_phone,
    try_cast(birth_date as date) as birth_on,
    street,
    city,
    postal_code,
    state,
    country,
    language,
    company_name,
    job_title,
    lifecycle_stage,
    lead_status,
    original_source,
    owner,
    company_ids,
    -- HubSpot also writes each id with the time of its merge: 100:1714550400000.
    {{ regex_replace('merged_contact_ids', ':[0-9]+', '') }} as merged_contact_ids,
    {{ said_yes('unsubscribed') }} as has_opted_out_of_email,
    coalesce({{ said_yes('archived') }}, false) as is_deleted,
    -- What the last full export does not list was deleted in the CRM.
    is_current,
    {{ moment('created_at') }} as created_at,
    {{ moment('modified_at') }} as valid_from_at,
    _file_id,
    _line,
    _load_id
from contacts
