-- One row per request that a web server answered.
with
requests as (
    select * from {{ ref('stg_web_logs__requests') }}
)

select
    request_id as activity_id,
    visitor_id,
    -- A server log knows networks, not people.
    null as record_id,
    null as user_id,
    null as previous_id,
    null as device_id,
    'request' as activity_type,
    'request' as activity_name,
    -- A redirect shows no page.
    method = 'GET'
    and (status_code between 200 and 299 or status_code = 304)
    and not {{ regex_like("lower(path)", "'[.](css|js|mjs|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|eot|pdf|txt|xml|json|zip|mp4)$'") }} -- noqa: LT05
        as is_page_view,
    false as is_server_side,
    nullif(split_part(lower(virtual_host), ':', 1), '') as page_host,
    target as page_url,
    path as page_path,
    null as page_title,
    referrer,
    {%- for tag in ['source', 'medium', 'campaign', 'term', 'content'] %}
    case
        when lower(target) like '%utm#_%' escape '#'
            then {{ url_decoded(
                "nullif(regexp_extract(target, '(?i)[?&#;]utm_" ~ tag ~ "=([^&#]*)', 1), '')"
            ) }}
    end as utm_{{ tag }},
    {%- endfor %}
    user_agent,
    null as locale,
    null as device_type,
    null as app_name,
    null as email,
    null as phone,
    null as first_name,
    null as last_name,
    null as order_id,
    null as cart_id,
    null as product_id,
    null as product_name,
    null as category,
    null as quantity,
    null as currency,
    null as amount,
    null as search_query,
    null as form,
    method,
    status_code,
    response_bytes,
    requested_at as occurred_at,
    null as received_at,
    _file_id as file_id,
    _line as line
from requests
