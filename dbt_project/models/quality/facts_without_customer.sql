-- One row per source and kind of fact, with how many of them are no customer's.
with
facts as (
    select
        'orders' as concept,
        source_name,
        customer_id
    from {{ ref('orders') }}
    union all
    select
        'payments' as concept,
        source_name,
        customer_id
    from {{ ref('payments') }}
    union all
    select
        'subscriptions' as concept,
        source_name,
        customer_id
    from {{ ref('subscriptions') }}
    union all
    select
        'deals' as concept,
        source_name,
        customer_id
    from {{ ref('deals') }}
    union all
    select
        'tickets' as concept,
        source_name,
        customer_id
    from {{ ref('tickets') }}
)

select
    concept,
    source_name,
    count(*) as fact_count,
    count(case when customer_id is null then 1 end) as without_customer_count
from facts
group by concept, source_name
