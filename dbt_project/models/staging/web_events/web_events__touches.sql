-- One row per use of the product, by the settings that say which events these are.
with
activity as (
    select * from {{ ref('web_events__web_activity') }}
    where
        activity_type = 'feature'
        and {{ (var('product_use_events') or var('product_use_hosts')) | length > 0 }}
)

select
    activity_id as touch_id,
    -- Who uses the product has signed in; a shared browser says less.
    coalesce({{ web_user_record('user_id') }}, record_id) as record_id,
    null as other_record_ids,
    'feature_used' as touch_type,
    'product' as channel,
    'inbound' as direction,
    false as is_machine,
    case
        when is_page_view then page_path
        else activity_name
    end as subject,
    null as campaign,
    null as message_id,
    page_url as url,
    null as deal_id,
    null as ticket_id,
    null as owner_name,
    null as duration_seconds,
    occurred_at,
    file_id,
    line
from activity
