-- One row per raw identifier that a record was seen with, in any version of it.
with
versions as (
    select
        *,
        trim(full_name) as whole_name,
        trim(coalesce(first_name, '') || coalesce(last_name, '')) = '' as is_nameless
    from {{ ref('conformed__people') }}
),

records as (
    select * from {{ ref('record_keys') }}
),

browser_identifiers as (
    select * from {{ ref('int_identity__browser_identifiers') }}
),

shared_browser_events as (
    select * from {{ ref('shared_browser_events') }}
),

-- A whole name is taken apart only where nothing else is given: a phone needs both.
named as (
    select
        *,
        case
            when not is_nameless then first_name
            when whole_name like '%,%' then trim(split_part(whole_name, ',', 2))
            when whole_name like '% %' then split_part(whole_name, ' ', 1)
        end as given_name,
        case
            when not is_nameless then last_name
            when whole_name like '%,%' then trim(split_part(whole_name, ',', 1))
            when whole_name like '% %' then regexp_extract(whole_name, '([^ ]+)$', 1)
        end as family_name
    from versions
),

in_versions as (
    {%- for kind in [
        'email', 'email_sha256', 'phone', 'national_id', 'loyalty_number',
        'social_handle', 'external_id', 'salesforce_contact_id'
    ] %}
    select
        record_id,
        '{{ kind }}' as identifier_kind,
        {{ kind }} as raw_value,
        given_name,
        family_name,
        country_code,
        seen_at,
        last_seen_at,
        file_id,
        line
    from named
    where
        {{ kind }} is not null
        {%- if kind == 'email_sha256' %}
        and email is null
        {%- endif %}
    union all
    {%- endfor %}
    {%- for column, kind in [
        ('other_emails', "'email'"),
        ('other_phones', "'phone'"),
        ('merged_ids', "record_source || '_' || record_type || '_id'"),
    ] %}
    select
        record_id,
        {{ kind }} as identifier_kind,
        trim(part.item) as raw_value,
        given_name,
        family_name,
        country_code,
        seen_at,
        last_seen_at,
        file_id,
        line
    from named
    {{ split_rows(column, ';', 'part') }}
    where trim(part.item) <> ''
    union all
    {%- endfor %}
    -- What its own system calls it: a merge is the id of another, of the same kind.
    select
        record_id,
        record_source || '_' || record_type || '_id' as identifier_kind,
        source_key as raw_value,
        given_name,
        family_name,
        country_code,
        seen_at,
        last_seen_at,
        file_id,
        line
    from named
    where
        record_type in ('contact', 'lead', 'account', 'person', 'user', 'customer')
        and record_source not in ('partners', 'lists')
),

shared_browsers as (
    select distinct visitor_id from shared_browser_events
),

browsers as (
    select
        visitor_id,
        count_if(identifier_kind = 'shop_customer_id' and not is_junk) as account_count,
        count_if(identifier_kind = 'email') as email_count,
        count_if(identifier_kind = 'phone') as phone_count
    from browser_identifiers
    group by visitor_id
)

select
    record_id,
    identifier_kind,
    raw_value,
    given_name as first_name,
    family_name as last_name,
    country_code,
    seen_at,
    last_seen_at,
    file_id,
    line
from in_versions
union all
-- Beside a sign-in no e-mail is taken: a form filled in for another would bridge two.
-- Nor is one of several.
select
    'web.visitor:' || shown.visitor_id as record_id,
    shown.identifier_kind,
    shown.raw_value,
    shown.first_name,
    shown.last_name,
    null as country_code,
    shown.seen_at,
    shown.last_seen_at,
    shown.file_id,
    shown.line
from browser_identifiers as shown
inner join browsers on shown.visitor_id = browsers.visitor_id
left join shared_browsers on shown.visitor_id = shared_browsers.visitor_id
where
    shared_browsers.visitor_id is null
    and (
        shown.identifier_kind not in ('email', 'phone')
        or browsers.account_count = 0
        and browsers.email_count <= 1
        and browsers.phone_count <= 1
    )
union all
-- What a browser is called stands in each of its rows: none of them is named.
select
    records.record_id,
    'anonymous_id' as identifier_kind,
    records.source_key as raw_value,
    null as first_name,
    null as last_name,
    null as country_code,
    records.first_seen_at as seen_at,
    records.last_seen_at,
    null as file_id,
    null as line
from records
left join shared_browsers
    on split_part(records.source_key, '~', 1) = shared_browsers.visitor_id
where
    records.source_name = 'web'
    and records.source_key not like 'user:%'
    and shared_browsers.visitor_id is null
union all
-- On a shared browser, who signed in is known for the time until another does.
select
    record_id,
    'shop_customer_id' as identifier_kind,
    user_id as raw_value,
    null as first_name,
    null as last_name,
    null as country_code,
    min(occurred_at) as seen_at,
    max(occurred_at) as last_seen_at,
    split_part(min(
        cast(occurred_at as string) || ' '
        || lpad(cast(line as string), 12, '0') || ' ' || file_id
    ), ' ', 4) as file_id,
    try_cast(split_part(min(
        cast(occurred_at as string) || ' '
        || lpad(cast(line as string), 12, '0') || ' ' || file_id
    ), ' ', 3) as bigint) as line
from shared_browser_events
where is_sign_in
group by record_id, user_id
