-- One row per raw identifier that a record was seen with, in any version of it.
with
contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
),

shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

events as (
    select * from {{ ref('stg_web_events__events') }}
),

aliases as (
    select * from {{ ref('country_aliases') }}
),

people as (
    select
        'hubspot.contact:' || contacts.contact_id as record_id,
        contacts.email,
        contacts.phone,
        contacts.first_name,
        contacts.last_name,
        coalesce(aliases.country_code, upper(trim(contacts.country))) as country_code,
        contacts.valid_from_at as seen_at
    from contacts
    left join aliases on lower(trim(contacts.country)) = aliases.alias
    union all
    select
        'shop.customer:' || customer_id as record_id,
        email,
        phone,
        first_name,
        last_name,
        country_code,
        valid_from_at as seen_at
    from shop_customers
),

junk as (
    select * from {{ ref('junk_identifiers') }}
),

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

-- Who places an order on the web leaves the e-mail of the order.
named_events as (
    select
        events.visitor_id,
        coalesce(lower(trim(events.email)), orders.email) as email,
        events.occurred_at,
        case
            when
                junk.value is null
                and not {{ regex_like(
                    "trim(both '\" ' || chr(39) from lower(events.user_id))",
                    "'^([0-]*|null)$'"
                ) }}
                then events.user_id
        end as user_id
    from events
    left join junk
        on
            junk.identifier_kind = 'any'
            and trim(both '" ' || chr(39) from lower(events.user_id)) = junk.value
    left join orders on events.order_id = orders.order_id
    where
        events.user_id is not null
        or events.email is not null
        or orders.email is not null
),

visitors as (
    select
        visitor_id,
        trim(both '" ' || chr(39) from replace(lower(visitor_id), 'user:', ''))
            as bare_visitor_id,
        min(user_id) as user_id,
        min(email) as email,
        count(distinct user_id) as user_count,
        count(distinct email) as email_count,
        min(occurred_at) as seen_at
    from named_events
    group by visitor_id
),

-- An id that says nothing stands for many browsers: it links nothing.
browsers as (
    select visitors.*
    from visitors
    left join junk
        on junk.identifier_kind = 'any' and visitors.bare_visitor_id = junk.value
    where
        junk.value is null
        and not {{ regex_like("visitors.bare_visitor_id", "'^([0-]*|null)$'") }}
),

merged_contacts as (
    select
        contacts.contact_id,
        trim(merged.item) as merged_contact_id,
        contacts.valid_from_at as seen_at
    from contacts
    {{ split_rows('contacts.merged_contact_ids', ';', 'merged') }}
)

select
    record_id,
    'email' as identifier_kind,
    email as raw_value,
    first_name,
    last_name,
    country_code,
    seen_at
from people
where email is not null
union all
select
    record_id,
    'phone' as identifier_kind,
    phone as raw_value,
    first_name,
    last_name,
    country_code,
    seen_at
from people
where phone is not null
union all
select
    'shop.customer:' || customer_id as record_id,
    'shop_customer_id' as identifier_kind,
    customer_id as raw_value,
    first_name,
    last_name,
    country_code,
    valid_from_at as seen_at
from shop_customers
union all
-- A browser on which two people signed in belongs to neither and links nothing.
select
    'web.visitor:' || visitor_id as record_id,
    'shop_customer_id' as identifier_kind,
    user_id as raw_value,
    null as first_name,
    null as last_name,
    null as country_code,
    seen_at
from browsers
where user_count = 1
union all
-- Beside a sign-in no e-mail is taken: a form filled in for another would bridge two.
select
    'web.visitor:' || visitor_id as record_id,
    'email' as identifier_kind,
    email as raw_value,
    null as first_name,
    null as last_name,
    null as country_code,
    seen_at
from browsers
where user_count = 0 and email_count = 1
union all
select
    'hubspot.contact:' || contact_id as record_id,
    'hubspot_contact_id' as identifier_kind,
    contact_id as raw_value,
    first_name,
    last_name,
    null as country_code,
    valid_from_at as seen_at
from contacts
union all
select
    'hubspot.contact:' || contact_id as record_id,
    'hubspot_contact_id' as identifier_kind,
    merged_contact_id as raw_value,
    null as first_name,
    null as last_name,
    null as country_code,
    seen_at
from merged_contacts
where merged_contact_id <> ''
