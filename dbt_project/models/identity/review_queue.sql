-- One row per pair of records that a person should judge, the most valuable first.
with
pairs as (
    select * from {{ ref('int_identity__fuzzy_pairs') }}
),

details as (
    select * from {{ ref('int_identity__details') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

revenue as (
    select
        customer_ids.customer_id,
        sum(record_revenue.revenue_amount) as revenue_amount
    from {{ ref('int_identity__record_revenue') }} as record_revenue
    inner join customer_ids on record_revenue.record_id = customer_ids.record_id
    group by customer_ids.customer_id
),

told_apart as (
    select * from {{ ref('int_identity__apart') }}
    where guard = 'decision'
),

split_records as (
    select distinct record_a as record_id
    from {{ ref('stg_decisions__identity') }}
    where decision = 'split'
),

doubtful as (
    select
        *,
        case
            when veto is not null then reasons || '; but ' || veto
            when doubts <> '' then reasons || '; but ' || doubts
            else reasons
        end as reason
    from pairs
    where band = 'review' or (band = 'link' and veto is not null)
),

apart as (
    select
        details_a.record_id as record_id_a,
        details_b.record_id as record_id_b,
        ids_a.customer_id as customer_id_a,
        ids_b.customer_id as customer_id_b,
        doubtful.match_probability,
        doubtful.reason
    from doubtful
    inner join details as details_a on doubtful.record_key_a = details_a.record_key
    inner join details as details_b on doubtful.record_key_b = details_b.record_key
    inner join customer_ids as ids_a on details_a.record_id = ids_a.record_id
    inner join customer_ids as ids_b on details_b.record_id = ids_b.record_id
    -- What a person has judged is not asked again.
    left join told_apart
        on
            doubtful.record_key_a = told_apart.record_key_a
            and doubtful.record_key_b = told_apart.record_key_b
    left join split_records as split_a on details_a.record_id = split_a.record_id
    left join split_records as split_b on details_b.record_id = split_b.record_id
    where
        ids_a.customer_id <> ids_b.customer_id
        and told_apart.guard is null
        and split_a.record_id is null
        and split_b.record_id is null
),

valued as (
    select
        apart.*,
        coalesce(revenue_a.revenue_amount, 0)
        + coalesce(revenue_b.revenue_amount, 0) as value_amount
    from apart
    left join revenue as revenue_a on apart.customer_id_a = revenue_a.customer_id
    left join revenue as revenue_b on apart.customer_id_b = revenue_b.customer_id
)

select
    record_id_a,
    record_id_b,
    customer_id_a,
    customer_id_b,
    match_probability,
    reason,
    {{ money('value_amount') }} as value_amount,
    row_number() over (
        order by
            value_amount desc nulls last,
            match_probability desc,
            record_id_a asc,
            record_id_b asc
    ) as queue_rank
from valued
