-- One row per customer: the records and identifiers that make it up, and its groups.
with
customer_ids as (
    select * from {{ ref('customer_ids') }}
),

-- What was deleted or merged away in its source is no contact any more.
records as (
    select * from {{ ref('records') }}
    where not coalesce(is_gone, false)
),

record_kinds as (
    select * from {{ ref('record_kinds') }}
),

identifiers as (
    select * from {{ ref('customer_identifiers') }}
    where not is_gone
),

households as (
    select * from {{ ref('households') }}
),

accounts as (
    select
        *,
        -- What a CRM says goes before what an e-mail looks like.
        row_number() over (
            partition by customer_id order by reason asc, account_id asc
        ) as account_rank
    from {{ ref('accounts') }}
),

links as (
    select * from {{ ref('links') }}
),

known as (
    select
        customer_ids.customer_id,
        count(*) as record_count,
        count_if(record_kinds.is_contact) as contact_count,
        count_if(record_kinds.is_shop_account) as shop_customer_count,
        count_if(records.record_type = 'visitor') as visitor_count,
        min(records.first_seen_at) as first_seen_at,
        max(records.last_seen_at) as last_seen_at
    from customer_ids
    inner join records on customer_ids.record_id = records.record_id
    left join record_kinds
        on
            records.source_name = record_kinds.record_source
            and records.record_type = record_kinds.record_type
    group by customer_ids.customer_id
),

customer_sources as (
    select distinct
        customer_ids.customer_id,
        records.source_name
    from customer_ids
    inner join records on customer_ids.record_id = records.record_id
),

sourced as (
    select
        customer_id,
        count(*) as source_count,
        {{ joined_rows("source_name", ", ") }} as source_names
    from customer_sources
    group by customer_id
),

reachable as (
    select
        customer_id,
        count(*) as identifier_count,
        count_if(identifier_kind = 'email') as email_count,
        count_if(identifier_kind = 'phone') as phone_count,
        count_if(identifier_kind in ('anonymous_id', 'device_id')) as device_count
    from identifiers
    group by customer_id
),

-- Two records are as sure to be one human as the best that ties them.
pairs as (
    select
        record_id_a,
        record_id_b,
        max(score) as score
    from links
    group by record_id_a, record_id_b
),

weakest as (
    select
        customer_ids.customer_id,
        min(pairs.score) as weakest_link_score
    from pairs
    inner join customer_ids on pairs.record_id_a = customer_ids.record_id
    group by customer_ids.customer_id
)

select
    known.customer_id,
    coalesce(reachable.email_count, 0) + coalesce(reachable.phone_count, 0)
    + known.record_count - known.visitor_count > 0 as is_identified,
    known.record_count,
    known.contact_count,
    known.shop_customer_count,
    known.visitor_count,
    reachable.identifier_count,
    reachable.email_count,
    reachable.phone_count,
    reachable.device_count,
    sourced.source_count,
    sourced.source_names,
    households.household_id,
    accounts.account_id,
    weakest.weakest_link_score,
    known.first_seen_at,
    known.last_seen_at
from known
inner join sourced on known.customer_id = sourced.customer_id
left join reachable on known.customer_id = reachable.customer_id
left join households on known.customer_id = households.customer_id
left join accounts
    on known.customer_id = accounts.customer_id and accounts.account_rank = 1
left join weakest on known.customer_id = weakest.customer_id
