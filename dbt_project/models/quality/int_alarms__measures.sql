-- One row per source table, night that brought it something, and measure of it.
with
nights as (
    select * from {{ ref('stg_ledger__nights') }}
    where loaded_on <= {{ as_of() }}
),

totals as (
    select
        source_name,
        table_name,
        column_name,
        currency,
        loaded_on,
        value_count,
        cast(total as double) as total,
        square_total,
        largest,
        -- Currencies are never summed: each is watched by itself.
        column_name || coalesce(' ' || currency, '') as measure
    from {{ ref('stg_ledger__totals') }}
    where loaded_on <= {{ as_of() }}
),

-- The mean of logarithms: one night of wrong amounts moves it little.
series as (
    select
        source_name,
        table_name,
        measure,
        column_name,
        currency,
        min(loaded_on) as first_on,
        power(
            2,
            sum(case when total > 0 then log2(total / nullif(value_count, 0)) end)
            / nullif(count(case when total > 0 then 1 end), 0)
        ) as usual_value
    from totals
    group by source_name, table_name, measure, column_name, currency
),

-- A night of the table without a row in a currency has none of that money; what it
-- had before its first night nobody knows.
money as (
    select
        series.source_name,
        series.table_name,
        series.measure,
        series.column_name,
        series.currency,
        nights.loaded_on,
        nights.weekday,
        series.usual_value as unit,
        coalesce(totals.total, 0) as amount,
        coalesce(totals.total, 0) / nullif(series.usual_value, 0) as measured,
        totals.total * totals.total / nullif(totals.square_total, 0) as even_count,
        totals.largest
    from series
    inner join nights
        on
            series.source_name = nights.source_name
            and series.table_name = nights.table_name
            and series.first_on <= nights.loaded_on
    left join totals
        on
            series.source_name = totals.source_name
            and series.table_name = totals.table_name
            and series.measure = totals.measure
            and nights.loaded_on = totals.loaded_on
    where series.usual_value > 0
)

select
    source_name,
    table_name,
    'rows' as measure,
    cast(null as string) as column_name,
    cast(null as string) as currency,
    loaded_on,
    weekday,
    cast(1 as double) as unit,
    cast(read_count as double) as amount,
    cast(read_count as double) as measured,
    cast(1 as double) as unevenness,
    cast(null as decimal(24, 4)) as largest,
    read_count,
    quarantined_count
from nights
union all
select
    source_name,
    table_name,
    measure,
    column_name,
    currency,
    loaded_on,
    weekday,
    unit,
    amount,
    measured,
    case
        when measured > 0 then greatest(measured / nullif(even_count, 0), 1)
    end as unevenness,
    largest,
    cast(null as bigint) as read_count,
    cast(null as bigint) as quarantined_count
from money
