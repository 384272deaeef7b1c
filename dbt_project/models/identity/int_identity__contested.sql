-- One row per value that limits a record of a component in which a rule is broken.
{%- set guards = var('guards') %}
{%- set web_user_kind = var('web_user_ids') | replace('.', '_') ~ '_id' %}

with
identifiers as (
    select * from {{ ref('identifiers') }}
),

records as (
    select * from {{ ref('records') }}
),

components as (
    select * from {{ ref('int_identity__components') }}
),

apart as (
    select * from {{ ref('int_identity__apart') }}
),

rules as (
    select * from {{ ref('int_identity__identifier_rules') }}
),

-- A component of one record breaks no rule.
joined as (
    select distinct cluster_key
    from components
    where record_key <> cluster_key
),

members as (
    select
        components.cluster_key,
        components.record_key
    from components
    inner join joined on components.cluster_key = joined.cluster_key
),

-- Accounts that somebody signs in to: of two such accounts each has its human.
live_accounts as (
    select distinct
        identifiers.identifier_kind,
        identifiers.identifier_value
    from identifiers
    inner join records on identifiers.record_key = records.record_key
    where
        identifiers.identifier_kind = '{{ web_user_kind }}'
        and identifiers.status = 'used'
        and records.record_type = 'visitor'
),

held_values as (
    select
        members.cluster_key,
        identifiers.record_key,
        identifiers.record_id,
        identifiers.identifier_kind,
        identifiers.identifier_value,
        case
            when identifiers.identifier_kind = '{{ web_user_kind }}' then 'two_accounts'
            else 'kind_limit'
        end as guard,
        case
            when identifiers.identifier_kind <> '{{ web_user_kind }}'
                then {{ guards.kind_limit }}
            else
                {{ guards.two_accounts }}
                and live_accounts.identifier_value is not null
        end as is_limited,
        case
            when identifiers.identifier_kind = '{{ web_user_kind }}'
                then coalesce(rules.max_per_customer, 1)
            else rules.max_per_customer
        end as max_count,
        rules.is_counted
    from identifiers
    inner join members on identifiers.record_key = members.record_key
    inner join rules on identifiers.identifier_kind = rules.identifier_kind
    left join live_accounts
        on
            identifiers.identifier_kind = live_accounts.identifier_kind
            and identifiers.identifier_value = live_accounts.identifier_value
    where identifiers.status = 'used'
),

-- Rows are counted before values: few components have even enough rows.
crowded as (
    select
        cluster_key,
        identifier_kind
    from held_values
    where is_limited
    group by cluster_key, identifier_kind
    having count(*) > min(max_count)
),

large as (
    select cluster_key
    from held_values
    where is_counted and {{ guards.cluster_size }}
    group by cluster_key
    having count(*) > {{ var('max_identifiers_per_customer') }}
),

broken as (
    select held_values.cluster_key
    from held_values
    inner join crowded
        on
            held_values.cluster_key = crowded.cluster_key
            and held_values.identifier_kind = crowded.identifier_kind
    where held_values.is_limited
    group by held_values.cluster_key, held_values.identifier_kind
    having count(distinct held_values.identifier_value) > min(held_values.max_count)
    union distinct
    select held_values.cluster_key
    from held_values
    inner join large on held_values.cluster_key = large.cluster_key
    where held_values.is_counted
    group by held_values.cluster_key
    having
        count(distinct held_values.identifier_kind || held_values.identifier_value)
        > {{ var('max_identifiers_per_customer') }}
    union distinct
    select components_a.cluster_key
    from apart
    inner join components as components_a
        on apart.record_key_a = components_a.record_key
    inner join components as components_b
        on
            apart.record_key_b = components_b.record_key
            and components_a.cluster_key = components_b.cluster_key
),

broken_values as (
    select held_values.*
    from held_values
    inner join broken on held_values.cluster_key = broken.cluster_key
)

select
    cluster_key as component_key,
    record_key,
    record_id,
    guard,
    identifier_kind,
    identifier_value,
    max_count
from broken_values
where is_limited and max_count is not null
union all
-- Every identifier counts once towards the size of a customer.
select
    cluster_key as component_key,
    record_key,
    record_id,
    'cluster_size' as guard,
    'any' as identifier_kind,
    identifier_kind || ':' || identifier_value as identifier_value,
    {{ var('max_identifiers_per_customer') }} as max_count
from broken_values
where is_counted and {{ guards.cluster_size }}
union all
-- Records without such a value are members all the same.
select
    members.cluster_key as component_key,
    members.record_key,
    records.record_id,
    null as guard,
    null as identifier_kind,
    null as identifier_value,
    null as max_count
from members
inner join broken on members.cluster_key = broken.cluster_key
inner join records on members.record_key = records.record_key
