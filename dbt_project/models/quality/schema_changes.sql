-- One row per change of a raw column against the load before, and per new value.
{% set enough = 50 %}
{% set column = 'source_name, table_name, column_name, load_number, loaded_on' %}
with
columns as (
    select * from {{ ref('stg_ledger__columns') }}
),

-- No source: the step that runs the models reads it in their SQL, just before.
reach as (
    select *
    from {{ api.Relation.create(schema='raw_ledger', identifier='column_reach') }}
),

loads as (
    select
        source_name,
        table_name,
        load_id,
        loaded_on,
        row_number() over (partition by source_name, table_name order by load_id asc)
            as load_number
    from columns
    group by source_name, table_name, load_id, loaded_on
),

names as (
    select distinct
        source_name,
        table_name,
        column_name
    from columns
),

-- Every column in every load of its table, delivered or not.
grid as (
    select
        names.source_name,
        names.table_name,
        names.column_name,
        loads.loaded_on,
        loads.load_number,
        columns.load_id is not null as is_delivered,
        columns.value_type,
        case
            when columns.value_type in ('integer', 'decimal') then 'number'
            when columns.value_type in ('date', 'timestamp') then 'time'
            else columns.value_type
        end as type_family,
        columns.known_values,
        columns.examples,
        columns.row_count,
        columns.value_count,
        cast(
            cast(columns.null_count as double) / nullif(columns.row_count, 0)
            as decimal(18, 2)
        ) as null_rate
    from names
    inner join loads
        on
            names.source_name = loads.source_name
            and names.table_name = loads.table_name
    left join columns
        on
            names.source_name = columns.source_name
            and names.table_name = columns.table_name
            and names.column_name = columns.column_name
            and loads.load_id = columns.load_id
),

-- A column is there from its first value on, though a later load leaves it empty.
sighted as (
    select
        *,
        is_delivered and max(value_type) over by_load is not null as is_there
    from grid
    window by_load as (
        partition by source_name, table_name, column_name order by load_number asc
    )
),

compared as (
    select
        *,
        coalesce(value_type, 'empty') as shown_type,
        lag(is_there) over by_load as was_there,
        lag(coalesce(value_type, 'empty')) over by_load as shown_type_before,
        lag(known_values) over by_load as known_values_before,
        lag(examples) over by_load as examples_before,
        lag(row_count) over by_load as row_count_before,
        lag(null_rate) over by_load as null_rate_before
    from sighted
    window by_load as (
        partition by source_name, table_name, column_name order by load_number asc
    )
),

-- Loads without a value are passed over.
typed as (
    select
        *,
        lag(value_type) over by_load as value_type_before,
        lag(type_family) over by_load as type_family_before,
        lag(value_count) over by_load as value_count_before,
        row_number() over (
            partition by source_name, table_name, column_name, value_type
            order by load_number asc
        ) as times_seen,
        max(case when value_type in ('decimal', 'timestamp') then 1 else 0 end) over (
            partition by source_name, table_name, column_name, type_family
            order by load_number asc
        ) as is_wide_family,
        max(case value_type when 'text' then 1 else 0 end) over by_load as is_wide
    from grid
    where value_type is not null
    window by_load as (
        partition by source_name, table_name, column_name order by load_number asc
    )
),

-- A few values may all look narrower than the column is: digits in a text column. So a
-- type that the column is known to hold is a change between many values only.
type_changes as (
    select * from typed
    where
        value_type <> value_type_before
        and (
            (
                times_seen = 1
                and (
                    value_type = 'text'
                    or (value_type in ('decimal', 'timestamp') and is_wide = 0)
                    or (is_wide = 0 and is_wide_family = 0)
                )
            )
            or (
                type_family <> type_family_before
                and value_count >= {{ enough }}
                and value_count_before >= {{ enough }}
            )
        )
),

listed_values as (
    select
        source_name,
        table_name,
        column_name,
        listed.item as known_value,
        min(load_number) as first_load_number
    from grid
    {{ split_rows(
        'substr(known_values, 3, length(known_values) - 4)', '","', 'listed'
    ) }}
    where known_values is not null
    group by source_name, table_name, column_name, listed.item
),

new_values as (
    select
        compared.*,
        listed_values.known_value
    from compared
    inner join listed_values
        on
            compared.source_name = listed_values.source_name
            and compared.table_name = listed_values.table_name
            and compared.column_name = listed_values.column_name
            and compared.load_number = listed_values.first_load_number
    where compared.known_values_before is not null
),

changes as (
    select
        {{ column }},
        'new_column' as change,
        'absent' as before,
        shown_type as after,
        known_values,
        examples
    from compared
    where load_number > 1 and is_there and not was_there
    union all
    select
        {{ column }},
        'vanished_column' as change,
        shown_type_before as before,
        'absent' as after,
        known_values_before as known_values,
        examples_before as examples
    from compared
    where was_there and not is_there
    union all
    select
        {{ column }},
        'null_rate_jump' as change,
        cast(null_rate_before as string) as before,
        cast(null_rate as string) as after,
        known_values,
        examples
    from compared
    where
        was_there
        and is_there
        and row_count >= {{ enough }}
        and row_count_before >= {{ enough }}
        and (
            null_rate - null_rate_before >= {{ var('null_rate_jump', 0.2) }}
            or null_rate_before - null_rate >= {{ var('null_rate_jump', 0.2) }}
        )
    union all
    select
        {{ column }},
        'type_changed' as change,
        value_type_before as before,
        value_type as after,
        known_values,
        examples
    from type_changes
    union all
    select
        {{ column }},
        'new_value' as change,
        'absent' as before,
        known_value as after,
        known_values,
        examples
    from new_values
)

select
    changes.source_name,
    changes.table_name,
    changes.column_name,
    cast(changes.load_number as int) as load_number,
    changes.change,
    changes.before,
    changes.after,
    case
        when reach.is_personal then changes.examples
        else coalesce(changes.known_values, changes.examples)
    end as sample_values,
    coalesce(reach.published_columns, '') as published_columns,
    changes.loaded_on as seen_on
from changes
left join reach
    on
        changes.source_name = reach.source_name
        and changes.table_name = reach.table_name
        and changes.column_name = reach.column_name
where changes.change <> 'new_value' or not coalesce(reach.is_personal, false)
