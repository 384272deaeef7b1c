-- One row per event of the web tag, its name as the present Segment spec spells it.
with
events as (
    select * from {{ ref('stg_web_events__events') }}
),

-- Few names, many events: each name is read once.
written as (
    select distinct event_name from {{ source('raw_web_events', 'events') }}
    where event_name is not null
),

spelled as (
    select
        event_name,
        {{ regex_replace("lower(event_name)", "[^a-z0-9]", "") }} as event_key
    from written
),

event_names as (
    select * from {{ ref('web_event_names') }}
),

-- What the settings call product use is no event of the website.
names as (
    select
        spelled.event_name as written_name,
        coalesce(event_names.event_name, spelled.event_name) as event_name,
        spelled.event_key in (
            '' {%- for name in var('product_use_events') %},
            '{{ modules.re.sub("[^a-z0-9]", "", name | lower) }}'
            {%- endfor %}
        ) as is_product_use
    from spelled
    left join event_names on spelled.event_key = event_names.event_key
),

placed as (
    select
        *,
        regexp_extract(lower(page_url), '^[a-z]+://([^/:?#]+)', 1) as page_host,
        lower(page_url) like '%utm#_%' escape '#' as has_tags
    from events
)

select
    placed.message_id as activity_id,
    placed.visitor_id,
    'web.visitor:' || placed.visitor_id as record_id,
    placed.user_id,
    placed.previous_id,
    placed.device_id,
    case
        when
            placed.call_type in ('page', 'screen', 'track')
            and (
                coalesce(names.is_product_use, false)
                or placed.page_host in (
                    '' {%- for host in var('product_use_hosts') %},
                    '{{ host }}'
                    {%- endfor %}
                )
                and placed.page_host <> ''
            )
            then 'feature'
        else placed.call_type
    end as activity_type,
    coalesce(names.event_name, placed.call_type) as activity_name,
    placed.call_type = 'page'
    and coalesce(placed.page_url, placed.page_path) is not null as is_page_view,
    -- A browser says which page it is on, an app which app it is.
    coalesce(
        placed.page_url, placed.page_path, placed.app_name, placed.os_name,
        placed.device_id
    ) is null
    and coalesce(
        placed.user_agent is null or placed.library_name <> 'analytics.js', false
    ) as is_server_side,
    nullif(placed.page_host, '') as page_host,
    placed.page_url,
    coalesce(
        placed.page_path,
        {{ regex_replace("placed.page_url", "^[a-zA-Z]+://[^/?#]*|[?#].*$", "") }}
    ) as page_path,
    placed.page_title,
    placed.referrer,
    {%- for tag in ['source', 'medium', 'campaign', 'term', 'content'] %}
    case
        when placed.utm_{{ tag }} is not null then placed.utm_{{ tag }}
        when placed.has_tags
            then {{ url_decoded(
                "nullif(regexp_extract(placed.page_url, '(?i)[?&#;]utm_" ~ tag
                ~ "=([^&#]*)', 1), '')"
            ) }}
    end as utm_{{ tag }},
    {%- endfor %}
    placed.user_agent,
    placed.locale,
    placed.device_type,
    placed.app_name,
    placed.email,
    placed.phone,
    placed.first_name,
    placed.last_name,
    placed.order_id,
    placed.cart_id,
    placed.product_id,
    case when placed.call_type = 'track' then placed.product_name end as product_name,
    case when placed.call_type = 'track' then placed.category end as category,
    placed.quantity,
    placed.currency,
    coalesce(
        placed.total_amount,
        placed.revenue_amount,
        placed.value_amount,
        try_cast(
            placed.price_amount * coalesce(placed.quantity, 1) as decimal(18, 4)
        )
    ) as amount,
    placed.search_query,
    placed.form,
    null as method,
    null as status_code,
    null as response_bytes,
    placed.occurred_at,
    placed.received_at,
    placed._file_id as file_id,
    placed._line as line
from placed
left join names on placed.event_name = names.written_name
