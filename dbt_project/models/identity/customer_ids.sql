-- One row per record: the customer it belongs to.
with
clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

registry as (
    -- Only nights before this one: a repeated night or a backfill finds what it found.
    select *
    from {{ source('registry', 'customer_ids') }}
    where as_of < {{ as_of() }}
),

last_nights as (
    select
        record_id,
        max(as_of) as as_of
    from registry
    group by record_id
),

carried as (
    select
        registry.record_id,
        registry.customer_id
    from registry
    inner join last_nights
        on
            registry.record_id = last_nights.record_id
            and registry.as_of = last_nights.as_of
),

ages as (
    select
        customer_id,
        min(as_of) as born_on
    from registry
    group by customer_id
),

shares as (
    select
        carried.customer_id,
        clusters.cluster_id,
        count(*) as record_count
    from clusters
    inner join carried on clusters.record_id = carried.record_id
    group by carried.customer_id, clusters.cluster_id
),

-- A split: the id stays with the cluster that holds most of its records.
heirs as (
    select
        customer_id,
        cluster_id,
        row_number() over (
            partition by customer_id order by record_count desc, cluster_id asc
        ) as heir_rank
    from shares
),

-- A merge: the cluster keeps the oldest of the ids it inherits.
inherited as (
    select
        heirs.cluster_id,
        heirs.customer_id,
        row_number() over (
            partition by heirs.cluster_id
            order by ages.born_on asc, heirs.customer_id asc
        ) as age_rank
    from heirs
    inner join ages on heirs.customer_id = ages.customer_id
    where heirs.heir_rank = 1
)

select
    clusters.record_id,
    coalesce(
        inherited.customer_id,
        'c' || substr(md5(clusters.cluster_id || '|' || '{{ var("as_of") }}'), 1, 20)
    ) as customer_id,
    clusters.cluster_id,
    carried.customer_id as previous_customer_id
from clusters
left join inherited
    on clusters.cluster_id = inherited.cluster_id and inherited.age_rank = 1
left join carried on clusters.record_id = carried.record_id
