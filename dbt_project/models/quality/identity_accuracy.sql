-- One row per label set and slice of its pairs of records.
-- depends_on: {{ ref('customer_identifiers') }}: a blob fails there, before its pairs.
{% set z_squared = '3.841459' %}
{% set rates = [
    ('precision', 'linked_pair_count', 'right_pair_count'),
    ('recall', 'true_pair_count', 'right_pair_count'),
    ('reachable_recall', 'reachable_pair_count', 'reachable_right_pair_count')
] %}
with
labels as (
    select distinct
        label_set,
        person_id,
        {{ whole_record_id('record_id') }} as record_id
    from {{ source('labels', 'records') }}
),

hard_cases as (
    select distinct
        label_set,
        case_name,
        {{ whole_record_id('record_id') }} as record_id
    from {{ source('labels', 'hard_cases') }}
),

history as (
    select * from {{ source('registry', 'identity_accuracy') }}
    where as_of < {{ as_of() }}
),

customer_ids as (
    select
        customer_id,
        record_id as part_record_id,
        {{ whole_record_id('record_id') }} as record_id
    from {{ ref('customer_ids') }}
),

identifiers as (
    select * from {{ ref('identifiers') }}
),

labelled as (
    select distinct record_id from labels
),

parts as (
    select customer_ids.*
    from customer_ids
    inner join labelled on customer_ids.record_id = labelled.record_id
),

members as (
    select
        labels.label_set,
        labels.record_id,
        parts.customer_id
    from labels
    inner join parts on labels.record_id = parts.record_id
),

known as (
    select distinct
        label_set,
        record_id
    from members
),

owners as (
    select
        labels.label_set,
        labels.record_id,
        labels.person_id
    from labels
    inner join known
        on
            labels.label_set = known.label_set
            and labels.record_id = known.record_id
),

paired as (
    select
        one.label_set,
        one.record_id as record_id_a,
        other.record_id as record_id_b,
        1 as true_mark,
        0 as link_mark
    from owners as one
    inner join owners as other
        on one.label_set = other.label_set and one.person_id = other.person_id
    where one.record_id < other.record_id
    union all
    select
        one.label_set,
        one.record_id as record_id_a,
        other.record_id as record_id_b,
        0 as true_mark,
        1 as link_mark
    from members as one
    inner join members as other
        on one.label_set = other.label_set and one.customer_id = other.customer_id
    where one.record_id < other.record_id
),

pairs as (
    select
        label_set,
        record_id_a,
        record_id_b,
        max(true_mark) as true_mark,
        max(link_mark) as link_mark
    from paired
    group by label_set, record_id_a, record_id_b
),

carried as (
    select distinct
        parts.record_id,
        identifiers.identifier_kind,
        identifiers.identifier_hash
    from identifiers
    inner join parts on identifiers.record_id = parts.part_record_id
    where identifiers.status = 'used'
),

kinds as (
    select distinct
        record_id,
        identifier_kind
    from carried
),

named_identifiers as (
    select distinct
        identifier_kind,
        identifier_hash
    from carried
    where identifier_kind not in ('anonymous_id', 'device_id', 'click_id')
),

shared_identifiers as (
    select
        identifiers.identifier_kind,
        identifiers.identifier_hash
    from identifiers
    inner join named_identifiers
        on
            identifiers.identifier_kind = named_identifiers.identifier_kind
            and identifiers.identifier_hash = named_identifiers.identifier_hash
    where identifiers.status = 'used'
    group by identifiers.identifier_kind, identifiers.identifier_hash
    having
        min({{ whole_record_id('identifiers.record_id') }})
        < max({{ whole_record_id('identifiers.record_id') }})
),

reachable as (
    select distinct carried.record_id
    from carried
    inner join shared_identifiers
        on
            carried.identifier_kind = shared_identifiers.identifier_kind
            and carried.identifier_hash = shared_identifiers.identifier_hash
),

judged as (
    select
        pairs.*,
        case
            when reachable_a.record_id is null then 0
            when reachable_b.record_id is null then 0
            else pairs.true_mark
        end as reachable_mark
    from pairs
    left join reachable as reachable_a on pairs.record_id_a = reachable_a.record_id
    left join reachable as reachable_b on pairs.record_id_b = reachable_b.record_id
),

pair_cases as (
    select
        judged.*,
        hard_cases.case_name
    from judged
    inner join hard_cases
        on
            judged.label_set = hard_cases.label_set
            and judged.record_id_a = hard_cases.record_id
    union
    select
        judged.*,
        hard_cases.case_name
    from judged
    inner join hard_cases
        on
            judged.label_set = hard_cases.label_set
            and judged.record_id_b = hard_cases.record_id
),

sliced as (
    -- A label set without a pair has a row all the same.
    select distinct
        label_set,
        'all' as slice_kind,
        'all' as slice_value,
        0 as true_mark,
        0 as link_mark,
        0 as reachable_mark
    from labels
    union all
    select
        label_set,
        'all' as slice_kind,
        'all' as slice_value,
        true_mark,
        link_mark,
        reachable_mark
    from judged
    union all
    select
        label_set,
        'record_types' as slice_kind,
        split_part(record_id_a, ':', 1) || ' + ' || split_part(record_id_b, ':', 1)
            as slice_value,
        true_mark,
        link_mark,
        reachable_mark
    from judged
    union all
    select
        judged.label_set,
        'identifier_kind' as slice_kind,
        kinds_a.identifier_kind as slice_value,
        judged.true_mark,
        judged.link_mark,
        judged.reachable_mark
    from judged
    inner join kinds as kinds_a on judged.record_id_a = kinds_a.record_id
    inner join kinds as kinds_b
        on
            judged.record_id_b = kinds_b.record_id
            and kinds_a.identifier_kind = kinds_b.identifier_kind
    union all
    select
        label_set,
        'hard_case' as slice_kind,
        case_name as slice_value,
        true_mark,
        link_mark,
        reachable_mark
    from pair_cases
),

counted as (
    select
        label_set,
        slice_kind,
        slice_value,
        cast(sum(true_mark) as double) as true_pair_count,
        cast(sum(link_mark) as double) as linked_pair_count,
        cast(sum(true_mark * link_mark) as double) as right_pair_count,
        cast(sum(reachable_mark) as double) as reachable_pair_count,
        cast(sum(reachable_mark * link_mark) as double) as reachable_right_pair_count
    from sliced
    group by label_set, slice_kind, slice_value
),

last_nights as (
    select
        *,
        row_number() over (
            partition by label_set, slice_kind, slice_value order by as_of desc
        ) as night_rank
    from history
),

-- Wilson's interval of 95 %, before it is divided.
rated as (
    select
        *,
        {% for rate, total, hits in rates %}
        {{ hits }} / nullif({{ total }}, 0) as {{ rate }}_rate,
        sqrt(
            {{ z_squared }} * {{ z_squared }}
            + 4 * {{ z_squared }} * {{ hits }} * ({{ total }} - {{ hits }})
            / nullif({{ total }}, 0)
        ) as {{ rate }}_spread,
        {% endfor %}
        2 * right_pair_count
        / nullif(true_pair_count + linked_pair_count, 0) as f1_rate
    from counted
)

select
    rated.label_set,
    rated.slice_kind,
    rated.slice_value,
    cast(rated.true_pair_count as bigint) as true_pair_count,
    cast(rated.reachable_pair_count as bigint) as reachable_pair_count,
    cast(rated.linked_pair_count as bigint) as linked_pair_count,
    cast(rated.right_pair_count as bigint) as right_pair_count,
    {% for rate, total, hits in rates %}
    rated.{{ rate }}_rate,
    (2 * rated.{{ hits }} + {{ z_squared }} - rated.{{ rate }}_spread)
    / nullif(rated.{{ total }} + {{ z_squared }}, 0) / 2 as {{ rate }}_low_rate,
    1 - (
        2 * (rated.{{ total }} - rated.{{ hits }})
        + {{ z_squared }} - rated.{{ rate }}_spread
    ) / nullif(rated.{{ total }} + {{ z_squared }}, 0) / 2 as {{ rate }}_high_rate,
    {% endfor %}
    rated.f1_rate,
    last_nights.f1_rate as previous_f1_rate
from rated
left join last_nights
    on
        rated.label_set = last_nights.label_set
        and rated.slice_kind = last_nights.slice_kind
        and rated.slice_value = last_nights.slice_value
        and last_nights.night_rank = 1
