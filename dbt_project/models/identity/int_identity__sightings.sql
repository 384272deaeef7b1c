-- One row per raw identifier that a record was seen with, in any version of it.
{%- set web_user_kind = var('web_user_ids') | replace('.', '_') ~ '_id' %}
with
people as (
    select * from {{ ref('int_identity__people') }}
),

record_kinds as (
    select * from {{ ref('record_kinds') }}
    where has_own_id
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

in_versions as (
    {%- for kind in [
        'email', 'email_sha256', 'phone', 'national_id', 'loyalty_number',
        'social_handle', 'external_id', 'salesforce_contact_id'
    ] %}
    select
        record_id,
        '{{ kind }}' as identifier_kind,
        {{ kind }} as raw_value,
        given_names,
        family_name,
        country_code,
        seen_at,
        last_seen_at,
        file_id,
        line
    from people
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
        given_names,
        family_name,
        country_code,
        seen_at,
        last_seen_at,
        file_id,
        line
    from people
    {{ split_rows(column, ';', 'part') }}
    where trim(part.item) <> ''
    union all
    {%- endfor %}
    -- What its own system calls it: a merge is the id of another, of the same kind.
    select
        people.record_id,
        people.record_source || '_' || people.record_type || '_id' as identifier_kind,
        people.source_key as raw_value,
        people.given_names,
        people.family_name,
        people.country_code,
        people.seen_at,
        people.last_seen_at,
        people.file_id,
        people.line
    from people
    inner join record_kinds
        on
            people.record_source = record_kinds.record_source
            and people.record_type = record_kinds.record_type
),

shared_browsers as (
    select distinct visitor_id from shared_browser_events
),

browsers as (
    select
        visitor_id,
        count_if(identifier_kind = '{{ web_user_kind }}' and not is_junk)
            as account_count,
        count_if(identifier_kind = 'email') as email_count,
        count_if(identifier_kind = 'phone') as phone_count
    from browser_identifiers
    group by visitor_id
)

select
    record_id,
    identifier_kind,
    raw_value,
    given_names as first_name,
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
    '{{ web_user_kind }}' as identifier_kind,
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
