-- One row per pair of records that must not become one customer.
with
decisions as (
    select * from {{ ref('stg_decisions__identity') }}
),

records as (
    select * from {{ ref('records') }}
),

fuzzy_pairs as (
    select * from {{ ref('int_identity__fuzzy_pairs') }}
),

rules as (
    select * from {{ ref('int_identity__identifier_rules') }}
),

every_pair as (
    select
        records_a.record_key as record_key_a,
        records_b.record_key as record_key_b,
        'decision' as guard,
        -- Against every evidence.
        cast(0 as double) as from_priority
    from decisions
    inner join records as records_a on decisions.record_a = records_a.record_id
    inner join records as records_b on decisions.record_b = records_b.record_id
    where decisions.decision = 'cannot_link'
    union all
    select
        fuzzy_pairs.record_key_a,
        fuzzy_pairs.record_key_b,
        'first_name_veto' as guard,
        -- All but excluded: against chains of likeness,
        -- not against an e-mail that both have.
        cast(rules.priority as double) as from_priority
    from fuzzy_pairs
    inner join rules on rules.identifier_kind = 'fuzzy'
    where
        fuzzy_pairs.veto is not null
        and fuzzy_pairs.match_probability < {{ var('apart_below') }}
)

select
    least(record_key_a, record_key_b) as record_key_a,
    greatest(record_key_a, record_key_b) as record_key_b,
    min(guard) as guard,
    min(from_priority) as from_priority
from every_pair
where record_key_a <> record_key_b
group by least(record_key_a, record_key_b), greatest(record_key_a, record_key_b)
