-- One row per kind of identifier that has a rule, of sources of one's own too.
with
rules as (
    select * from {{ ref('identifier_rules') }}
),

record_kinds as (
    select * from {{ ref('record_kinds') }}
    where has_own_id
),

-- What a source of one's own calls its records needs no line of its own: the line
-- any_customer_id is the rule of each source's customer_id that has none.
own_ids as (
    select
        record_kinds.record_source || '_' || record_kinds.record_type || '_id'
            as identifier_kind,
        rules.rule,
        rules.reason,
        rules.priority,
        rules.max_names,
        rules.max_holders,
        rules.max_per_customer,
        rules.max_idle_days,
        rules.is_counted
    from record_kinds
    inner join rules
        on 'any_' || record_kinds.record_type || '_id' = rules.identifier_kind
    left join rules as listed
        on
            record_kinds.record_source || '_' || record_kinds.record_type || '_id'
            = listed.identifier_kind
    where listed.identifier_kind is null
)

select
    identifier_kind,
    rule,
    reason,
    priority,
    max_names,
    max_holders,
    max_per_customer,
    max_idle_days,
    is_counted
from rules
union all
select
    identifier_kind,
    rule,
    reason,
    priority,
    max_names,
    max_holders,
    max_per_customer,
    max_idle_days,
    is_counted
from own_ids
