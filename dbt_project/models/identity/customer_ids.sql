-- One row per record: the customer it belongs to.
with
clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

records as (
    select * from {{ ref('records') }}
),

record_kinds as (
    select * from {{ ref('record_kinds') }}
),

registry as (
    select * from {{ source('registry', 'customer_ids') }}
    where customer_id is not null
),

-- Whose records are all deleted in their sources is no customer any more. The id is
-- kept in the registry, for the case that one comes back.
present as (
    select clusters.cluster_key
    from clusters
    inner join records on clusters.record_key = records.record_key
    group by clusters.cluster_key
    having not bool_and(coalesce(records.is_gone, false))
),

members as (
    select
        clusters.record_key,
        records.record_id,
        clusters.cluster_key,
        -- Many browsers do not outweigh an account or a contact.
        record_kinds.weight
    from clusters
    inner join present on clusters.cluster_key = present.cluster_key
    inner join records on clusters.record_key = records.record_key
    left join record_kinds
        on
            records.source_name = record_kinds.record_source
            and records.record_type = record_kinds.record_type
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
        members.record_key,
        members.record_id,
        members.cluster_key,
        members.weight,
        labels.customer_id,
        labels.is_earlier
    from labels
    inner join members on labels.record_id = members.record_id
    where labels.nearness_rank = 1
),

ages as (
    select
        customer_id,
        min(as_of) as born_on
    from registry
    group by customer_id
),

-- The id a record was born with: an unmerge leaves an id to those who brought it.
first_labels as (
    select
        record_id,
        customer_id,
        row_number() over (partition by record_id order by as_of asc nulls last)
            as age_rank
    from registry
    where as_of <= {{ as_of() }}
),

-- A split: the id stays with the cluster that holds most of the records born with it.
heirs as (
    select
        carried.customer_id,
        carried.cluster_key,
        row_number() over (
            partition by carried.customer_id
            order by
                sum(
                    case
                        when carried.customer_id = first_labels.customer_id
                            then carried.weight
                        else 0
                    end
                ) desc,
                sum(carried.weight) desc,
                carried.cluster_key asc
        ) as heir_rank
    from carried
    left join first_labels
        on carried.record_id = first_labels.record_id and first_labels.age_rank = 1
    group by carried.customer_id, carried.cluster_key
),

-- A merge: the cluster keeps the oldest of the ids it inherits.
inherited as (
    select
        heirs.cluster_key,
        heirs.customer_id,
        row_number() over (
            partition by heirs.cluster_key
            order by ages.born_on asc, heirs.customer_id asc
        ) as age_rank
    from heirs
    inner join ages on heirs.customer_id = ages.customer_id
    where heirs.heir_rank = 1
),

kept as (
    select
        cluster_key,
        customer_id
    from inherited
    where age_rank = 1
),

-- An unmerge: a cluster left without an id gets back the id that its records had
-- before the merge, if nobody else bears it now.
retired as (
    select
        members.cluster_key,
        registry.customer_id,
        sum(members.weight) as weight
    from registry
    inner join members on registry.record_id = members.record_id
    left join kept as own on members.cluster_key = own.cluster_key
    left join kept as taken on registry.customer_id = taken.customer_id
    where
        own.cluster_key is null
        and taken.customer_id is null
        and registry.as_of < {{ as_of() }}
    group by members.cluster_key, registry.customer_id
),

-- An id may have several such clusters, and a cluster several such ids.
returning_ids as (
    select
        retired.cluster_key,
        retired.customer_id,
        ages.born_on,
        row_number() over (
            partition by retired.customer_id
            order by retired.weight desc, retired.cluster_key asc
        ) as heir_rank
    from retired
    inner join ages on retired.customer_id = ages.customer_id
),

revived as (
    select
        cluster_key,
        customer_id,
        row_number() over (
            partition by cluster_key order by born_on asc, customer_id asc
        ) as age_rank
    from returning_ids
    where heir_rank = 1
),

inherited_ids as (
    select
        cluster_key,
        customer_id
    from kept
    union all
    select
        cluster_key,
        customer_id
    from revived
    where age_rank = 1
),

-- The id of a new customer comes from its oldest record and the night. Where the night
-- gave that id before, to a cluster that holds it still, another one is made.
minted as (
    select
        clusters.cluster_key,
        records.record_id as cluster_id,
        'c' || substr(
            md5(records.record_id || '|' || cast({{ as_of() }} as string)), 1, 20
        ) as customer_id,
        'c' || substr(
            md5(records.record_id || '||' || cast({{ as_of() }} as string)), 1, 20
        ) as other_customer_id
    from clusters
    inner join records on clusters.cluster_key = records.record_key
    where clusters.record_key = clusters.cluster_key
)

select
    members.record_id,
    coalesce(
        inherited_ids.customer_id,
        case
            when taken.customer_id is not null then minted.other_customer_id
            else minted.customer_id
        end
    ) as customer_id,
    minted.cluster_id,
    case when carried.is_earlier then carried.customer_id end as previous_customer_id
from members
inner join minted on members.cluster_key = minted.cluster_key
left join inherited_ids on members.cluster_key = inherited_ids.cluster_key
left join inherited_ids as taken on minted.customer_id = taken.customer_id
left join carried on members.record_key = carried.record_key
