-- One row per measure of this night's identity, and what it is measured of.
with
customer_ids as (
    select * from {{ ref('customer_ids') }}
),

customer_identifiers as (
    select * from {{ ref('customer_identifiers') }}
),

blocked_values as (
    select distinct
        identifier_kind,
        identifier_value
    from {{ ref('identifiers') }}
    where status = 'blocked by decision'
),

links as (
    select * from {{ ref('links') }}
),

refused_links as (
    select * from {{ ref('refused_links') }}
),

review_queue as (
    select * from {{ ref('review_queue') }}
),

changes as (
    select * from {{ ref('customer_id_changes') }}
    where changed_on = {{ as_of() }}
),

decisions as (
    select * from {{ ref('stg_decisions__identity') }}
),

-- A record that nobody delivers, a value that nobody has: mistyped, or gone.
idle_decisions as (
    select distinct decisions.decision_id
    from decisions
    left join customer_ids as ids_a on decisions.record_a = ids_a.record_id
    left join customer_ids as ids_b on decisions.record_b = ids_b.record_id
    left join blocked_values
        on
            decisions.identifier_kind = blocked_values.identifier_kind
            and lower(trim(decisions.value)) = lower(blocked_values.identifier_value)
    where
        decisions.decision = 'block_value' and blocked_values.identifier_kind is null
        or decisions.record_a is not null and ids_a.record_id is null
        or decisions.record_b is not null and ids_b.record_id is null
),

labels as (
    select distinct
        label_set,
        {{ whole_record_id('record_id') }} as record_id
    from {{ source('labels', 'records') }}
),

known_labels as (
    select distinct labels.record_id
    from customer_ids
    inner join labels
        on {{ whole_record_id('customer_ids.record_id') }} = labels.record_id
),

customers as (
    select
        customer_id,
        count(*) as record_count
    from customer_ids
    group by customer_id
),

sizes as (
    select
        record_count,
        count(*) as customer_count,
        sum(count(*)) over () as every_customer_count,
        sum(count(*)) over (
            order by record_count asc
            rows between unbounded preceding and current row
        ) as up_to_count
    from customers
    group by record_count
),

totals as (
    select
        sum(customer_count) as customer_count,
        sum(record_count * customer_count) as record_count,
        sum(case when record_count > 1 then record_count * customer_count else 0 end)
            as resolved_count,
        max(record_count) as most_records,
        min(
            case
                when up_to_count * 100 >= every_customer_count * 99 then record_count
            end
        ) as p99_records
    from sizes
),

identifier_counts as (
    select
        customer_id,
        count(*) as identifier_count
    from customer_identifiers
    group by customer_id
),

measured as (
    select
        'customers' as measure,
        'all' as detail,
        coalesce(customer_count, 0) as value
    from totals
    union all
    select
        'records' as measure,
        'all' as detail,
        coalesce(record_count, 0) as value
    from totals
    union all
    select
        'resolved_rate' as measure,
        'all' as detail,
        cast(resolved_count as double) / nullif(record_count, 0) as value
    from totals
    union all
    select
        'records_per_customer' as measure,
        'mean' as detail,
        cast(record_count as double) / nullif(customer_count, 0) as value
    from totals
    union all
    select
        'records_per_customer' as measure,
        'max' as detail,
        most_records as value
    from totals
    union all
    select
        'records_per_customer' as measure,
        'p99' as detail,
        p99_records as value
    from totals
    union all
    select
        'customers_by_records' as measure,
        cast(record_count as string) as detail,
        customer_count as value
    from sizes
    union all
    select
        'decisions_without_effect' as measure,
        decision_id as detail,
        1 as value
    from idle_decisions
    union all
    select
        'identifiers_per_customer' as measure,
        'max' as detail,
        max(identifier_count) as value
    from identifier_counts
    union all
    select
        'links' as measure,
        rule as detail,
        count(*) as value
    from links
    group by rule
    union all
    select
        'refused_links' as measure,
        guard as detail,
        count(*) as value
    from refused_links
    group by guard
    union all
    select
        'review_queue' as measure,
        'all' as detail,
        count(*) as value
    from review_queue
    union all
    select
        'changes' as measure,
        change as detail,
        count(*) as value
    from changes
    group by change
    union all
    select
        'labelled_records' as measure,
        label_set as detail,
        count(*) as value
    from labels
    group by label_set
    union all
    select
        'labelled_records_missing' as measure,
        labels.label_set as detail,
        count(*) as value
    from labels
    left join known_labels on labels.record_id = known_labels.record_id
    where known_labels.record_id is null
    group by labels.label_set
)

select
    measure,
    detail,
    cast(value as double) as value
from measured
