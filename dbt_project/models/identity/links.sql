-- One row per pair of records of a customer and piece of evidence that ties them.
with
evidence as (
    select * from {{ ref('int_identity__evidence') }}
),

clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

-- Who is no customer any more has no links.
records as (
    select records.*
    from {{ ref('records') }} as records
    inner join {{ ref('customer_ids') }} as customer_ids
        on records.record_id = customer_ids.record_id
),

rules as (
    select * from {{ ref('int_identity__identifier_rules') }}
),

placed as (
    select
        evidence.*,
        clusters.cluster_key,
        hub_clusters.cluster_key as hub_cluster_key
    from evidence
    inner join clusters on evidence.record_key = clusters.record_key
    inner join clusters as hub_clusters
        on evidence.hub_key = hub_clusters.record_key
),

-- Where a guard cut a star, each part has a hub of its own.
cut_off as (
    select
        link_key,
        cluster_key,
        min(record_key) as hub_key
    from placed
    where cluster_key <> hub_cluster_key
    group by link_key, cluster_key
),

tied as (
    select
        placed.*,
        coalesce(cut_off.hub_key, placed.hub_key) as star_key
    from placed
    left join cut_off
        on
            placed.link_key = cut_off.link_key
            and placed.cluster_key = cut_off.cluster_key
),

-- A phone that both know under two names is one link, seen first in the least of these
-- texts of time, line and file.
merged as (
    select
        star_key,
        record_key,
        identifier_kind,
        identifier_hash,
        max(score) as score,
        min(seen_at) as seen_at,
        min(
            coalesce(cast(seen_at as string), '9999') || '|'
            || coalesce(lpad(cast(line as string), 12, '0'), '') || '|'
            || coalesce(file_id, '')
        ) as stamp
    from tied
    where record_key <> star_key
    group by star_key, record_key, identifier_kind, identifier_hash
)

select
    hubs.record_id as record_id_a,
    records.record_id as record_id_b,
    rules.rule,
    merged.identifier_kind,
    merged.identifier_hash,
    rules.reason,
    merged.score,
    merged.seen_at,
    nullif(split_part(merged.stamp, '|', 3), '') as file_id,
    try_cast(nullif(split_part(merged.stamp, '|', 2), '') as bigint) as line
from merged
inner join records on merged.record_key = records.record_key
inner join records as hubs on merged.star_key = hubs.record_key
inner join rules on merged.identifier_kind = rules.identifier_kind
