-- One row per event of the web tag; a message that came twice is kept once.
with
events as (
    {{ current_rows(source('raw_web_events', 'events'), 'message_id', keep='first') }}
)

select
    message_id,
    lower(call_type) as call_type,
    coalesce(
        anonymous_id,
        -- Record ids are published: an e-mail for a user id gives its hash.
        'user:' || case
            when user_id like '%@%' then {{ sha256_hex("lower(trim(user_id))") }}
            else user_id
        end
    ) as visitor_id,
    user_id,
    previous_id,
    group_id,
    device_id,
    device_type,
    os_name,
    app_name,
    library_name,
    event_name,
    -- A page call made by a server says its page in the event itself.
    case
        when page_url is not null then page_url
        when lower(call_type) = 'page' then properties_url
    end as page_url,
    case
        when page_path is not null then page_path
        when lower(call_type) = 'page' then properties_path
    end as page_path,
    case
        when page_title is not null then page_title
        when lower(call_type) = 'page' then properties_title
    end as page_title,
    case
        when referrer is not null then referrer
        when lower(call_type) = 'page' then properties_referrer
    end as referrer,
    utm_source,
    utm_medium,
    utm_campaign,
    utm_term,
    utm_content,
    user_agent,
    locale,
    email,
    phone,
    first_name,
    last_name,
    order_id,
    cart_id,
    product_id,
    product_name,
    category,
    try_cast(price as decimal(18, 4)) as price_amount,
    try_cast(try_cast(quantity as double) as bigint) as quantity,
    try_cast(total as decimal(18, 4)) as total_amount,
    try_cast(revenue as decimal(18, 4)) as revenue_amount,
    try_cast(value as decimal(18, 4)) as value_amount,
    upper(currency) as currency,
    search_query,
    form,
    cast(occurred_at as timestamp) as occurred_at,
    cast(received_at as timestamp) as received_at,
    _file_id,
    _line,
    _load_id
from events
where coalesce(anonymous_id, user_id) is not null
