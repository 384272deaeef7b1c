-- One row per record and piece of evidence that it shares with other records.
with
identifiers as (
    select * from {{ ref('identifiers') }}
),

records as (
    select * from {{ ref('records') }}
),

fuzzy_pairs as (
    select * from {{ ref('int_identity__fuzzy_pairs') }}
),

decisions as (
    select * from {{ ref('stg_decisions__identity') }}
),

rules as (
    select * from {{ ref('int_identity__identifier_rules') }}
),

split_records as (
    select distinct records.record_key
    from decisions
    inner join records on decisions.record_a = records.record_id
    where decisions.decision = 'split'
),

linkable_pairs as (
    select
        fuzzy_pairs.record_key_a,
        fuzzy_pairs.record_key_b,
        fuzzy_pairs.match_probability,
        -- By names, not keys: keys tell in which order records came.
        least(records_a.record_id, records_b.record_id) || ' '
        || greatest(records_a.record_id, records_b.record_id) as pair_name
    from fuzzy_pairs
    inner join records as records_a
        on fuzzy_pairs.record_key_a = records_a.record_key
    inner join records as records_b
        on fuzzy_pairs.record_key_b = records_b.record_key
    left join split_records as split_a
        on fuzzy_pairs.record_key_a = split_a.record_key
    left join split_records as split_b
        on fuzzy_pairs.record_key_b = split_b.record_key
    where
        fuzzy_pairs.band = 'link'
        and fuzzy_pairs.veto is null
        and split_a.record_key is null
        and split_b.record_key is null
),

decided_pairs as (
    select
        decisions.decision_id,
        records_a.record_key as record_key_a,
        records_b.record_key as record_key_b,
        decisions.decided_at
    from decisions
    inner join records as records_a on decisions.record_a = records_a.record_id
    inner join records as records_b on decisions.record_b = records_b.record_id
    where decisions.decision = 'must_link'
),

usable as (
    select
        link_key,
        record_key,
        identifier_kind,
        identifier_hash,
        first_seen_at as seen_at,
        file_id,
        line,
        cast(1 as double) as score
    from identifiers
    where status = 'used'
    {% for side in ['record_key_a', 'record_key_b'] %}
    union all
    select
        'fuzzy:' || pair_name as link_key,
        {{ side }} as record_key,
        'fuzzy' as identifier_kind,
        null as identifier_hash,
        null as seen_at,
        null as file_id,
        null as line,
        match_probability as score
    from linkable_pairs
    union all
    select
        'decision:' || decision_id as link_key,
        {{ side }} as record_key,
        'decision' as identifier_kind,
        null as identifier_hash,
        decided_at as seen_at,
        null as file_id,
        null as line,
        cast(1 as double) as score
    from decided_pairs
    {% endfor %}
),

-- Each piece ties its records to the oldest of them: a star, not every pair.
stars as (
    select
        link_key,
        min(record_key) as hub_key
    from usable
    group by link_key
    having min(record_key) < max(record_key)
)

select
    usable.link_key,
    usable.record_key,
    stars.hub_key,
    usable.identifier_kind,
    usable.identifier_hash,
    -- The strongest first: decisions, account numbers, e-mails … likeness, best first.
    cast(rules.priority as double) + 1 - usable.score as priority,
    usable.score,
    usable.seen_at,
    usable.file_id,
    usable.line
from usable
inner join stars on usable.link_key = stars.link_key
inner join rules on usable.identifier_kind = rules.identifier_kind
