-- One row per event of the web tag; a message that came twice is kept once.
{%- set amounts = ['price', 'total', 'revenue', 'value'] %}
with
events as (
    {{ current_rows(source('raw_web_events', 'events'), 'message_id', keep='first') }}
),

-- A tag sends what a page says: a page view counts, though its price cannot.
read as (
    select
        *,
        {%- for name in amounts %}
        case
            when abs(try_cast({{ name }} as double)) < 1e12
                then try_cast({{ name }} as decimal(18, 4))
        end as {{ name }}_amount,
        {%- endfor %}
        case
            when abs(try_cast(quantity as double)) < 2147483648
                then try_cast(try_cast(quantity as double) as bigint)
        end as whole_quantity
    from events
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
    price_amount,
    whole_quantity as quantity,
    total_amount,
    revenue_amount,
    value_amount,
    {%- for name in amounts %}
    {{ 'or' if not loop.first }} ({{ name }} <> '' and {{ name }}_amount is null)
    {%- endfor %}
    or (quantity <> '' and whole_quantity is null) as has_unusable_number,
    upper(currency) as currency,
    search_query,
    form,
    cast(occurred_at as timestamp) as occurred_at,
    cast(received_at as timestamp) as received_at,
    _file_id,
    _line,
    _load_id
from read
where coalesce(anonymous_id, user_id) is not null
