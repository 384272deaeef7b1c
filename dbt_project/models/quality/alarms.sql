-- One row per incident that holds as of the night: what is wrong with a source's table.
{% set night = "' in the night of ' || cast(loaded_on as string)" %}
with
overdue as (
    select * from {{ ref('int_alarms__overdue') }}
),

volumes as (
    select * from {{ ref('int_alarms__volumes') }}
),

columns as (
    select * from {{ ref('stg_ledger__columns') }}
    where loaded_on <= {{ as_of() }}
),

schema_changes as (
    select * from {{ ref('schema_changes') }}
    where seen_on <= {{ as_of() }}
),

-- The newest night without the fault: the incident has lasted since the one after it.
last_good as (
    select
        source_name,
        table_name,
        measure,
        min(case when not is_volume_off then number_from_last end) as volume_number,
        min(case when not is_quarantine_off then number_from_last end)
            as quarantine_number
    from volumes
    group by source_name, table_name, measure
),

since as (
    select
        volumes.source_name,
        volumes.table_name,
        volumes.measure,
        min(
            case
                when
                    volumes.number_from_last < coalesce(last_good.volume_number, 1000)
                    then volumes.loaded_on
            end
        ) as volume_since_on,
        min(
            case
                when
                    volumes.number_from_last
                    < coalesce(last_good.quarantine_number, 1000)
                    then volumes.loaded_on
            end
        ) as quarantine_since_on
    from volumes
    inner join last_good
        on
            volumes.source_name = last_good.source_name
            and volumes.table_name = last_good.table_name
            and volumes.measure = last_good.measure
    group by volumes.source_name, volumes.table_name, volumes.measure
),

newest as (
    select
        volumes.*,
        since.volume_since_on,
        since.quarantine_since_on,
        cast(cast(floor(volumes.usual_amount + 0.5) as bigint) as string) as usual_rows,
        cast(cast(100 * volumes.quarantined_rate as decimal(18, 1)) as string)
            as quarantined_percent,
        cast(cast(100 * volumes.usual_quarantined_rate as decimal(18, 1)) as string)
            as usual_percent
    from volumes
    inner join since
        on
            volumes.source_name = since.source_name
            and volumes.table_name = since.table_name
            and volumes.measure = since.measure
    where volumes.number_from_last = 1
),

loads as (
    select
        source_name,
        table_name,
        load_id,
        row_number() over (partition by source_name, table_name order by load_id asc)
            as load_number,
        row_number() over (partition by source_name, table_name order by load_id desc)
            as number_from_last
    from columns
    group by source_name, table_name, load_id
),

-- What schema_changes found last of a column: a jump, or that it went or came back.
column_changes as (
    select
        *,
        row_number() over (
            partition by source_name, table_name, column_name order by load_number desc
        ) as number_from_last
    from schema_changes
    where change in ('null_rate_jump', 'vanished_column', 'new_column')
),

emptied as (
    select
        source_name,
        table_name,
        column_name,
        load_number,
        change,
        before,
        after,
        seen_on,
        case change
            when 'vanished_column' then 1 else try_cast(after as double)
        end as null_rate
    from column_changes
    where
        number_from_last = 1
        and {{ days_between('seen_on', as_of()) }} < 28
        and (
            change = 'vanished_column'
            or (
                change = 'null_rate_jump'
                and try_cast(after as double) > try_cast(before as double)
            )
        )
),

-- A column that is empty now and then is so again: only what no load of the months
-- before had is an incident. A column that was missing before may be missing again.
column_histories as (
    select
        emptied.source_name,
        emptied.table_name,
        emptied.column_name,
        count_if(loads.load_number < emptied.load_number) as load_count,
        max(
            case
                when loads.load_number < emptied.load_number
                    then coalesce(
                        cast(columns.null_count as double)
                        / nullif(columns.row_count, 0),
                        1
                    )
            end
        ) as largest_null_rate,
        max(
            case
                when loads.number_from_last = 1
                    then coalesce(
                        cast(columns.null_count as double)
                        / nullif(columns.row_count, 0),
                        1
                    )
            end
        ) as last_null_rate
    from emptied
    inner join loads
        on
            emptied.source_name = loads.source_name
            and emptied.table_name = loads.table_name
            and emptied.load_number - 60 <= loads.load_number
    left join columns
        on
            emptied.source_name = columns.source_name
            and emptied.table_name = columns.table_name
            and emptied.column_name = columns.column_name
            and loads.load_id = columns.load_id
    group by emptied.source_name, emptied.table_name, emptied.column_name
),

emptied_columns as (
    select
        emptied.*,
        cast(cast(100 * emptied.null_rate as decimal(18, 0)) as string) as null_percent,
        cast(
            cast(
                100 * column_histories.largest_null_rate as decimal(18, 0)
            ) as string
        ) as usual_percent
    from emptied
    inner join column_histories
        on
            emptied.source_name = column_histories.source_name
            and emptied.table_name = column_histories.table_name
            and emptied.column_name = column_histories.column_name
    where
        column_histories.load_count >= 4
        and emptied.null_rate - column_histories.largest_null_rate
        >= {{ var('null_rate_jump', 0.2) }}
        and column_histories.last_null_rate > column_histories.largest_null_rate
),

-- One incident a column, though several currencies are off: it tells of the one that
-- is off most. A column that lost its values is told as that.
off_totals as (
    select
        newest.source_name,
        newest.table_name,
        newest.column_name,
        newest.shift,
        newest.volume_since_on,
        newest.amount > 0
        and coalesce(2 * newest.largest > newest.amount, false) as is_one_row,
        cast(cast(newest.amount as decimal(38, 2)) as string)
        || coalesce(' ' || newest.currency, '') as total,
        cast(cast(newest.usual_amount as decimal(38, 2)) as string)
        || coalesce(' ' || newest.currency, '') as usual_total,
        cast(
            cast(
                100 * cast(newest.largest as double) / nullif(newest.amount, 0)
                as decimal(18, 0)
            ) as string
        ) as largest_percent,
        newest.loaded_on,
        row_number() over (
            partition by newest.source_name, newest.table_name, newest.column_name
            order by newest.strangeness desc, newest.measure asc
        ) as rank_of_currency,
        count(*) over (
            partition by newest.source_name, newest.table_name, newest.column_name
        ) as currency_count
    from newest
    left join emptied_columns
        on
            newest.source_name = emptied_columns.source_name
            and newest.table_name = emptied_columns.table_name
            and newest.column_name = emptied_columns.column_name
    where
        newest.is_volume_off
        and newest.measure <> 'rows'
        and (newest.shift > 0 or emptied_columns.column_name is null)
),

incidents as (
    select
        'source_overdue' as kind,
        source_name,
        table_name,
        cast(null as string) as column_name,
        'nothing came since the night of ' || cast(last_on as string) || ', '
        || cast(silent_days as string)
        || case when silent_days = 1 then ' day ago' else ' days ago' end as found,
        'a delivery at the latest ' || cast(allowed_days as string)
        || case when allowed_days = 1 then ' day' else ' days' end
        || ' after the last' as expected,
        last_on as since_on,
        'The source delivered nothing within the time that it keeps otherwise.'
            as cause,
        'See that its export or extract runs and writes to landing/' || source_name
        || '/' || table_name || '/, then: unavista run' as cure
    from overdue
    where is_overdue
    union all
    select
        'volume' as kind,
        source_name,
        table_name,
        cast(null as string) as column_name,
        cast(read_count as string) || ' rows' || {{ night }} as found,
        'about ' || usual_rows || ' rows, as on the same weekday of the last 8 weeks'
            as expected,
        volume_since_on as since_on,
        case
            when shift < 0
                then 'A part of the export may be missing.'
            else 'The export may hold more days than one, or rows twice.'
        end as cause,
        'Compare the newest files of ' || source_name || '.' || table_name
        || ' in quality.files with the source, and have wrong ones delivered again; '
        || 'a new level that is right counts as usual after some weeks.' as cure
    from newest
    where is_volume_off and measure = 'rows'
    union all
    select
        'money_total' as kind,
        source_name,
        table_name,
        column_name,
        total || ' in ' || column_name
        || case
            when is_one_row then ', ' || largest_percent || ' % of it in one row'
            else ''
        end
        || case
            when currency_count = 2 then ', and one more currency off'
            when currency_count > 2
                then
                    ', and ' || cast(currency_count - 1 as string)
                    || ' more currencies off'
            else ''
        end || {{ night }} as found,
        'about ' || usual_total || ', as on the same weekday of the last 8 weeks'
            as expected,
        volume_since_on as since_on,
        case
            when is_one_row and shift > 0
                then 'One amount may be wrong, or an order is larger than all others.'
            when shift < 0
                then
                    'Amounts may be lacking, zero, of another currency or in a larger'
                    || ' unit; the number of rows does not explain it.'
            else
                'Amounts may be in a smaller unit, such as cents, of another currency'
                || ' or summed twice; the number of rows does not explain it.'
        end as cause,
        'Compare ' || column_name || ' of the newest files of ' || source_name || '.'
        || table_name || ' in quality.files with the source, and have wrong ones'
        || ' delivered again; a new level that is right counts as usual after some'
        || ' weeks.' as cure
    from off_totals
    where rank_of_currency = 1
    union all
    select
        'quarantine_share' as kind,
        source_name,
        table_name,
        cast(null as string) as column_name,
        quarantined_percent || ' % of the rows (' || cast(quarantined_count as string)
        || ' of ' || cast(read_count as string) || ') were quarantined' || {{ night }}
            as found,
        'at most about ' || usual_percent || ' %, as in the last 8 weeks' as expected,
        quarantine_since_on as since_on,
        'The format of the export may have changed, or its values.' as cause,
        'See rule and error in quality.quarantine for ' || source_name || '.'
        || table_name || '; have the file delivered again, or mend the reading and'
        || ' type: unavista replay' as cure
    from newest
    where is_quarantine_off and measure = 'rows'
    union all
    select
        'null_rate' as kind,
        source_name,
        table_name,
        column_name,
        case
            when change = 'vanished_column'
                then 'the column ' || column_name || ' is gone'
            else
                'the column ' || column_name || ' is empty in ' || null_percent
                || ' % of the rows'
        end as found,
        'at most ' || usual_percent || ' % empty, as in the loads before' as expected,
        seen_on as since_on,
        'The source gives the column no more, or under another name.' as cause,
        'See quality.schema_changes for ' || source_name || '.' || table_name
        || ', which says what is computed from it, and ask who keeps the source.'
            as cure
    from emptied_columns
)

select
    kind,
    source_name,
    table_name,
    column_name,
    found,
    expected,
    since_on,
    cause,
    cure
from incidents
