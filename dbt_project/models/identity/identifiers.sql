-- One row per record, kind, normalised value and link key of an identifier.
{%- set guards = var('guards') %}

with
normalised as (
    select * from {{ ref('int_identity__normalised') }}
),

records as (
    select * from {{ ref('records') }}
),

rules as (
    select * from {{ ref('int_identity__identifier_rules') }}
),

decisions as (
    select * from {{ ref('stg_decisions__identity') }}
),

blocked as (
    select distinct
        identifier_kind || ':' || case identifier_kind
            when 'phone' then {{ regex_replace("value", "[^0-9+]", "") }}
            else lower(trim(value))
        end as value_key
    from decisions
    where decision = 'block_value'
),

split_records as (
    select distinct record_a as record_id
    from decisions
    where decision = 'split'
),

-- Full names, and initials that typing errors and swapped names leave alone.
named as (
    select
        *,
        case
            when junk_reason = 'role_mailbox' and not {{ guards.role_mailbox }}
                then null
            when junk_reason <> 'role_mailbox' and not {{ guards.junk }} then null
            else junk_reason
        end as listed_reason,
        case identifier_kind when 'phone' then identifier_value end as phone,
        case identifier_kind when 'email_sha256' then identifier_value end
            as email_sha256,
        case
            when given_key <> '' and family_key <> ''
                then given_key || '|' || family_key
        end as full_name,
        case
            when given_key = '' or family_key = '' then null
            when given_key < family_key
                then substr(given_key, 1, 1) || substr(family_key, 1, 1)
            else substr(family_key, 1, 1) || substr(given_key, 1, 1)
        end as initials
    from normalised
),

-- A number without a name is that of the only name it is known under.
phone_names as (
    select
        phone,
        min(full_name) as full_name
    from named
    where phone is not null and listed_reason is null and full_name is not null
    group by phone
    having count(distinct full_name) = 1
),

-- Hashes are made only where somebody delivered one to compare with.
clear_emails as (
    select
        {{ sha256_hex('identifier_value') }} as email_sha256,
        min(identifier_value) as email
    from named
    where
        identifier_kind = 'email'
        and (select count(delivered.email_sha256) from named as delivered) > 0
    group by {{ sha256_hex('identifier_value') }}
),

-- What must be equal to link: a phone says household, not human, without the name.
keyed as (
    select
        named.*,
        case
            when clear_emails.email is not null
                then 'email:' || clear_emails.email
            when named.identifier_kind <> 'phone' or not {{ guards.phone_needs_name }}
                then named.identifier_kind || ':' || named.identifier_value
            when named.full_name is not null
                then 'phone:' || named.identifier_value || '|' || named.full_name
            when named.given_key = '' and named.family_key = ''
                then 'phone:' || named.identifier_value || '|' || phone_names.full_name
        end as value_key
    from named
    left join phone_names on named.phone = phone_names.phone
    left join clear_emails on named.email_sha256 = clear_emails.email_sha256
),

shared as (
    select
        value_key,
        min(identifier_kind) as identifier_kind,
        count(*) as sighting_count,
        min(last_seen_at) as first_left_at,
        max(seen_at) as last_come_at
    from keyed
    where listed_reason is null and value_key is not null
    group by value_key
    having count(*) > 1
),

-- Only values that many hold, or that rested long, are looked at closely.
suspect as (
    select
        shared.value_key,
        rules.max_names,
        rules.max_holders,
        rules.max_idle_days,
        rules.max_idle_days
        < {{ days_between('shared.first_left_at', 'shared.last_come_at') }}
            as has_rested
    from shared
    inner join rules on shared.identifier_kind = rules.identifier_kind
    where
        shared.sighting_count > least(rules.max_names, rules.max_holders)
        or {{ days_between('shared.first_left_at', 'shared.last_come_at') }}
        > rules.max_idle_days
),

suspect_sightings as (
    select
        keyed.*,
        suspect.max_names,
        suspect.max_holders,
        suspect.max_idle_days,
        suspect.has_rested
    from keyed
    inner join suspect on keyed.value_key = suspect.value_key
    where keyed.listed_reason is null
),

crowded as (
    select
        value_key,
        count(distinct initials) > min(max_names) as has_many_names,
        -- Records of one name are one holder; each nameless one may be another.
        count(distinct coalesce(full_name, cast(record_key as string)))
        > min(max_holders) as has_many_holders
    from suspect_sightings
    group by value_key
),

-- What has no name is known by its rest alone.
rested as (
    select
        value_key,
        record_key,
        record_id,
        seen_at,
        initials,
        identifier_kind,
        max_idle_days,
        lag(initials) over (
            partition by value_key order by seen_at asc nulls first, record_id asc
        ) as previous_initials,
        max(last_seen_at) over (
            partition by value_key order by seen_at asc nulls first, record_id asc
            rows between unbounded preceding and 1 preceding
        ) as previously_left_at
    from suspect_sightings
    where
        has_rested
        and {{ guards.recycled }}
        and (
            initials is not null
            or identifier_kind in ('anonymous_id', 'device_id', 'click_id')
        )
),

-- A value that rested long and comes back with another name has another owner.
comings as (
    select
        value_key,
        record_key,
        record_id,
        seen_at,
        case
            when
                {{ days_between('previously_left_at', 'seen_at') }} > max_idle_days
                and coalesce(initials <> previous_initials, true)
                then 1
            else 0
        end as new_owner_count
    from rested
    union all
    -- A mailing to the address says nothing of who reads it now.
    select
        value_key,
        record_key,
        record_id,
        seen_at,
        0 as new_owner_count
    from suspect_sightings
    where
        has_rested
        and {{ guards.recycled }}
        and initials is null
        and identifier_kind not in ('anonymous_id', 'device_id', 'click_id')
),

owners as (
    select
        value_key,
        record_key,
        sum(new_owner_count) over (
            partition by value_key order by seen_at asc nulls first, record_id asc
            rows between unbounded preceding and current row
        ) as owner_number
    from comings
),

last_owners as (
    select
        value_key,
        record_key,
        max(owner_number) as owner_number
    from owners
    group by value_key, record_key
),

judged as (
    select
        keyed.record_key,
        keyed.identifier_kind,
        keyed.identifier_value,
        case
            when last_owners.owner_number > 0
                then keyed.value_key || '#' || cast(last_owners.owner_number as string)
            else keyed.value_key
        end as link_key,
        case
            when split_records.record_id is not null then 'split by decision'
            when blocked.value_key is not null then 'blocked by decision'
            when keyed.listed_reason is not null then keyed.listed_reason
            when
                crowded.has_many_names and {{ guards.shared_by_many }}
                then 'shared by many names'
            when
                crowded.has_many_holders and {{ guards.kind_limit }}
                then 'shared by many records'
            when keyed.value_key is null then 'phone without a name'
        end as refusal,
        keyed.seen_at,
        keyed.last_seen_at,
        keyed.file_id,
        keyed.line
    from keyed
    left join crowded on keyed.value_key = crowded.value_key
    left join last_owners
        on
            keyed.value_key = last_owners.value_key
            and keyed.record_key = last_owners.record_key
    left join blocked
        on
            case
                when keyed.identifier_kind = 'phone'
                    then 'phone:' || keyed.identifier_value
                else lower(keyed.value_key)
            end = blocked.value_key
    left join split_records on keyed.record_id = split_records.record_id
),

-- The earliest sighting is the least of these texts.
stamped as (
    select
        *,
        coalesce(cast(seen_at as string), '9999') || '|' || coalesce(file_id, '') || '|'
        || coalesce(lpad(cast(line as string), 12, '0'), '') as stamp
    from judged
),

merged as (
    select
        record_key,
        identifier_kind,
        identifier_value,
        link_key,
        min(refusal) as refusal,
        count(*) as sighting_count,
        min(seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        min(stamp) as stamp
    from stamped
    group by record_key, identifier_kind, identifier_value, link_key
)

select
    merged.record_key,
    records.record_id,
    merged.identifier_kind,
    merged.identifier_value,
    merged.link_key,
    coalesce(merged.refusal, 'used') as status,
    case
        when merged.refusal in ('split by decision', 'blocked by decision')
            then 'decision'
        when merged.refusal = 'role_mailbox' then 'role_mailbox'
        when merged.refusal = 'shared by many names' then 'shared_by_many'
        when merged.refusal = 'shared by many records' then 'kind_limit'
        when merged.refusal = 'phone without a name' then 'phone_needs_name'
        when merged.refusal is not null then 'junk'
    end as guard,
    case merged.identifier_kind
        when 'email_sha256' then merged.identifier_value
        else {{ sha256_hex('merged.identifier_value') }}
    end as identifier_hash,
    cast(merged.sighting_count as bigint) as sighting_count,
    merged.first_seen_at,
    merged.last_seen_at,
    nullif(split_part(merged.stamp, '|', 2), '') as file_id,
    try_cast(nullif(split_part(merged.stamp, '|', 3), '') as bigint) as line
from merged
inner join records on merged.record_key = records.record_key
