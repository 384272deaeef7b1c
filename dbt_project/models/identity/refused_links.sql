-- One row per pair of records that share something, and guard that kept them apart.
with
evidence as (
    select * from {{ ref('int_identity__evidence') }}
),

unions as (
    select * from {{ ref('int_identity__unions') }}
),

identifiers as (
    select * from {{ ref('identifiers') }}
),

fuzzy_pairs as (
    select * from {{ ref('int_identity__fuzzy_pairs') }}
),

clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

records as (
    select * from {{ ref('records') }}
),

guards as (
    select * from {{ ref('guards') }}
),

-- Unions that a rule about whole customers refused.
refused_unions as (
    select
        unions.record_key_a,
        unions.record_key_b,
        unions.guard,
        evidence.identifier_kind,
        evidence.identifier_hash,
        cast(null as string) as reason,
        evidence.score,
        evidence.seen_at,
        evidence.file_id,
        evidence.line
    from unions
    inner join evidence
        on
            unions.link_key = evidence.link_key
            and unions.record_key_b = evidence.record_key
    where unions.guard is not null
),

-- Values that a guard does not let link at all.
refused_values as (
    select
        identifier_kind,
        identifier_value,
        min(record_key) as hub_key
    from identifiers
    group by identifier_kind, identifier_value
    having
        min(record_key) < max(record_key)
        and (count(guard) > 0 or count(distinct link_key) > 1)
),

-- Where the two have other link keys, a name or the years between keep them apart.
unused as (
    select
        hubs.record_key as record_key_a,
        identifiers.record_key as record_key_b,
        coalesce(
            identifiers.guard,
            hubs.guard,
            case
                when identifiers.link_key = hubs.link_key then null
                when
                    split_part(identifiers.link_key, '#', 1)
                    = split_part(hubs.link_key, '#', 1)
                    then 'recycled'
                when identifiers.identifier_kind = 'phone' then 'phone_needs_name'
            end
        ) as guard,
        identifiers.identifier_kind,
        identifiers.identifier_hash,
        case
            when identifiers.guard is not null then identifiers.status
            when hubs.guard is not null then hubs.status
        end as reason,
        cast(null as double) as score,
        identifiers.first_seen_at as seen_at,
        identifiers.file_id,
        identifiers.line
    from identifiers
    inner join refused_values
        on
            identifiers.identifier_kind = refused_values.identifier_kind
            and identifiers.identifier_value = refused_values.identifier_value
    inner join identifiers as hubs
        on
            refused_values.hub_key = hubs.record_key
            and refused_values.identifier_kind = hubs.identifier_kind
            and refused_values.identifier_value = hubs.identifier_value
    where identifiers.record_key <> refused_values.hub_key
),

vetoed as (
    select
        record_key_a,
        record_key_b,
        'first_name_veto' as guard,
        'fuzzy' as identifier_kind,
        cast(null as string) as identifier_hash,
        veto as reason,
        match_probability as score,
        cast(null as timestamp) as seen_at,
        cast(null as string) as file_id,
        cast(null as bigint) as line
    from fuzzy_pairs
    where band = 'link' and veto is not null
),

-- The parts of one browser on which several people signed in.
parts as (
    select
        record_key,
        record_id,
        first_seen_at,
        {{ whole_record_id('record_id') }} as browser
    from records
    where record_id like 'web.visitor:%~%'
),

first_parts as (
    select
        browser,
        min(record_key) as record_key
    from parts
    group by browser
),

shared_devices as (
    select
        first_parts.record_key as record_key_a,
        parts.record_key as record_key_b,
        'shared_device' as guard,
        'anonymous_id' as identifier_kind,
        {{ sha256_hex('parts.browser') }} as identifier_hash,
        cast(null as string) as reason,
        cast(null as double) as score,
        parts.first_seen_at as seen_at,
        cast(null as string) as file_id,
        cast(null as bigint) as line
    from parts
    inner join first_parts on parts.browser = first_parts.browser
    where parts.record_key <> first_parts.record_key
),

every_refusal as (
    {% for refusals in ['refused_unions', 'unused', 'vetoed', 'shared_devices'] %}
    select
        record_key_a,
        record_key_b,
        guard,
        identifier_kind,
        identifier_hash,
        reason,
        score,
        seen_at,
        file_id,
        line
    from {{ refusals }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

between_customers as (
    select
        records_a.record_id as record_id_a,
        records_b.record_id as record_id_b,
        every_refusal.guard,
        every_refusal.identifier_kind,
        every_refusal.identifier_hash,
        min(coalesce(every_refusal.reason, guards.reason)) as reason,
        max(every_refusal.score) as score,
        min(every_refusal.seen_at) as seen_at,
        -- The row it was first seen in: time, line and file as one text.
        min(
            coalesce(cast(every_refusal.seen_at as string), '9999') || '|'
            || coalesce(lpad(cast(every_refusal.line as string), 12, '0'), '') || '|'
            || coalesce(every_refusal.file_id, '')
        ) as stamp
    from every_refusal
    inner join records as records_a
        on every_refusal.record_key_a = records_a.record_key
    inner join records as records_b
        on every_refusal.record_key_b = records_b.record_key
    inner join clusters as clusters_a
        on every_refusal.record_key_a = clusters_a.record_key
    inner join clusters as clusters_b
        on every_refusal.record_key_b = clusters_b.record_key
    left join guards on every_refusal.guard = guards.guard
    -- What other evidence joined all the same was not kept apart.
    where
        every_refusal.guard is not null
        and clusters_a.cluster_key <> clusters_b.cluster_key
    group by
        records_a.record_id,
        records_b.record_id,
        every_refusal.guard,
        every_refusal.identifier_kind,
        every_refusal.identifier_hash
)

select
    record_id_a,
    record_id_b,
    guard,
    identifier_kind,
    identifier_hash,
    reason,
    score,
    seen_at,
    nullif(split_part(stamp, '|', 3), '') as file_id,
    try_cast(nullif(split_part(stamp, '|', 2), '') as bigint) as line
from between_customers
