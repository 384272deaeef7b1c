-- One row per record: the customer it belongs to.
with
clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

registry as (
    select * from {{ source('registry', 'customer_ids') }}
),

-- The label of the last earlier night. A repeated night finds what it found; and a
-- backfill before a record's first night takes the id the record is known by since.
labels as (
    select
        record_id,
        customer_id,
        as_of < {{ as_of() }} as is_earlier,
        row_number() over (
            partition by record_id
            order by
                case
                    when as_of < {{ as_of() }} then 1
                    when as_of = {{ as_of() }} then 2
                    else 3
                end asc nulls last,
                case
                    when as_of < {{ as_of() }} then {{ days_between('as_of', as_of()) }}
                    else {{ days_between(as_of(), 'as_of') }}
                end asc nulls last,
                customer_id asc
        ) as nearness_rank
    from registry
),

carried as (
    select
        record_id,
        customer_id,
        is_earlier
    from labels
    where nearness_rank = 1
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
    case when carried.is_earlier then carried.customer_id end as previous_customer_id
from clusters
left join inherited
    on clusters.cluster_id = inherited.cluster_id and inherited.age_rank = 1
left join carried on clusters.record_id = carried.record_id
