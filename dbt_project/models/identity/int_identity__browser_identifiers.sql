-- One row per identifier that a browser showed: who signed in, what was typed in forms.
{% set web_user_kind = var('web_user_ids') | replace('.', '_') ~ '_id' -%}
with
activity as (
    select * from {{ ref('conformed__web_activity') }}
    where record_id is not null
),

orders as (
    select * from {{ ref('conformed__orders') }}
    where email is not null
),

junk as (
    select * from {{ ref('junk_identifiers') }}
    where identifier_kind = 'any'
),

-- An order number of two shops says nothing.
order_emails as (
    select
        order_id,
        min(lower(trim(email))) as email
    from orders
    group by order_id
    having min(lower(trim(email))) = max(lower(trim(email)))
),

shown as (
    {%- for kind, value in [
        (web_user_kind, 'user_id'),
        ('email', 'lower(trim(email))'),
        ('device_id', 'device_id'),
    ] %}
    select
        visitor_id,
        '{{ kind }}' as identifier_kind,
        {{ value }} as raw_value,
        null as first_name,
        null as last_name,
        occurred_at,
        file_id,
        line
    from activity
    where {{ value }} is not null
    union all
    {%- endfor %}
    -- Who places an order on the web leaves the e-mail of the order.
    select
        activity.visitor_id,
        'email' as identifier_kind,
        order_emails.email as raw_value,
        null as first_name,
        null as last_name,
        activity.occurred_at,
        activity.file_id,
        activity.line
    from activity
    inner join order_emails on activity.order_id = order_emails.order_id
    where activity.email is null
    union all
    select
        visitor_id,
        'phone' as identifier_kind,
        phone as raw_value,
        first_name,
        last_name,
        occurred_at,
        file_id,
        line
    from activity
    where phone is not null
    union all
    -- An alias call names the browser's former id.
    select
        visitor_id,
        'anonymous_id' as identifier_kind,
        previous_id as raw_value,
        null as first_name,
        null as last_name,
        occurred_at,
        file_id,
        line
    from activity
    where previous_id is not null and previous_id <> visitor_id
    union all
    select
        visitor_id,
        'click_id' as identifier_kind,
        regexp_extract(page_url, '[?&](gclid|gbraid|wbraid|dclid|fbclid|msclkid|ttclid|li_fat_id|twclid)=([^&#]+)', 2) as raw_value, -- noqa: LT05
        null as first_name,
        null as last_name,
        occurred_at,
        file_id,
        line
    from activity
    where page_url like '%id=%'
),

-- The first of several rows: time, line and file as one text that sorts by time.
browser_identifiers as (
    select
        visitor_id,
        identifier_kind,
        raw_value,
        trim(both '" ' || chr(39) from lower(raw_value)) as bare_value,
        trim(both '" ' || chr(39) from replace(lower(visitor_id), 'user:', ''))
            as bare_visitor_id,
        -- Of two names that were typed with it none is taken.
        case
            when count(distinct first_name || '|' || last_name) = 1
                then min(first_name)
        end as first_name,
        case
            when count(distinct first_name || '|' || last_name) = 1
                then min(last_name)
        end as last_name,
        min(occurred_at) as seen_at,
        max(occurred_at) as last_seen_at,
        min(
            cast(occurred_at as string) || ' '
            || lpad(cast(line as string), 12, '0') || ' ' || file_id
        ) as first_position
    from shown
    where raw_value <> ''
    group by visitor_id, identifier_kind, raw_value
)

select
    browser_identifiers.visitor_id,
    browser_identifiers.identifier_kind,
    browser_identifiers.raw_value,
    browser_identifiers.first_name,
    browser_identifiers.last_name,
    browser_identifiers.seen_at,
    browser_identifiers.last_seen_at,
    -- Says nothing, as `undefined` does: nobody signed in.
    browser_identifiers.identifier_kind = '{{ web_user_kind }}'
    and (
        junk.value is not null
        or {{ regex_like("browser_identifiers.bare_value", "'^([0-]*|null)$'") }}
    ) as is_junk,
    split_part(browser_identifiers.first_position, ' ', 4) as file_id,
    try_cast(split_part(browser_identifiers.first_position, ' ', 3) as bigint) as line
from browser_identifiers
left join junk as nobody on browser_identifiers.bare_visitor_id = nobody.value
left join junk on browser_identifiers.bare_value = junk.value
where
    -- A browser's id that says nothing stands for many browsers.
    nobody.value is null
    and not {{ regex_like("browser_identifiers.bare_visitor_id", "'^([0-]*|null)$'") }}
