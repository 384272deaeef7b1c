-- One row per interaction on a social network.
with
interactions as (
    select * from {{ ref('stg_social__interactions') }}
)

select
    interaction_key as touch_id,
    case
        when handle <> ''
            then
                'social.handle:'
                || {{ sha256_hex("network || '/' || handle") }}
    end as record_id,
    null as other_record_ids,
    'social_' || interaction_type as touch_type,
    'social' as channel,
    'inbound' as direction,
    false as is_machine,
    text as subject,
    null as campaign,
    post_id as message_id,
    url,
    null as deal_id,
    null as ticket_id,
    null as owner_name,
    null as duration_seconds,
    occurred_at,
    _file_id as file_id,
    _line as line
from interactions
