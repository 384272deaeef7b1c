-- One row per statement of the consent list and identifier in it.
with
consents as (
    select * from {{ ref('stg_consents__consents') }}
)

select
    consent_key as consent_id,
    case
        when identifier_kind = 'customer_id'
            then '{{ var("web_user_ids") }}:' || identifier_value
    end as record_id,
    identifier_kind,
    identifier_value,
    channel,
    purpose,
    status,
    source as origin,
    text_version,
    occurred_at as stated_at,
    _file_id as file_id,
    _line as line
from consents
