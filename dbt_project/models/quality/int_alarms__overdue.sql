-- One row per source table with a rhythm, and how long it has been silent.
{% set table_key = 'source_name, table_name' %}
with
nights as (
    select
        source_name,
        table_name,
        loaded_on,
        weekday,
        lead(loaded_on) over (
            partition by {{ table_key }} order by loaded_on asc
        ) as next_on,
        row_number() over (
            partition by {{ table_key }} order by loaded_on desc
        ) as number_from_last
    from {{ ref('stg_ledger__nights') }}
    where loaded_on <= {{ as_of() }}
),

-- The last sixty: eight weeks of a daily table, and years of a monthly one.
gaps as (
    select
        source_name,
        table_name,
        weekday,
        loaded_on,
        {{ days_between('loaded_on', 'next_on') }} as gap_days
    from nights
    where next_on is not null and number_from_last <= 61
),

ranked_gaps as (
    select
        source_name,
        table_name,
        weekday,
        gap_days,
        max(gap_days) over (partition by {{ table_key }}) as largest_gap_days,
        count(*) over (partition by {{ table_key }}) as gap_count,
        count(*) over (partition by {{ table_key }}, weekday) as weekday_count,
        row_number() over (
            partition by {{ table_key }}, weekday order by gap_days asc
        ) as gap_rank
    from gaps
),

-- After a Friday the next delivery is a Monday's: each weekday has its own usual gap.
weekdays as (
    select
        source_name,
        table_name,
        weekday,
        max(
            case
                when weekday_count < 3 then largest_gap_days
                when gap_rank = floor((weekday_count + 1) / 2) then gap_days
            end
        ) as usual_days
    from ranked_gaps
    group by source_name, table_name, weekday
),

-- What went beyond the usual.
excesses as (
    select
        gaps.source_name,
        gaps.table_name,
        gaps.loaded_on,
        gaps.gap_days,
        greatest(gaps.gap_days - weekdays.usual_days, 0) as excess_days,
        max(weekdays.usual_days) over (
            partition by gaps.source_name, gaps.table_name
        ) > 1 as has_pauses
    from gaps
    inner join weekdays
        on
            gaps.source_name = weekdays.source_name
            and gaps.table_name = weekdays.table_name
            and gaps.weekday = weekdays.weekday
),

-- A night after which more than half of the sources stayed away longer than usual: of
-- those that rest on weekends, or of the others. It says nothing of a single source.
holidays as (
    select
        has_pauses,
        loaded_on
    from excesses
    group by has_pauses, loaded_on
    having
        count(distinct case when excess_days > 0 then source_name end) >= 3
        and 2 * count(distinct case when excess_days > 0 then source_name end)
        > count(distinct source_name)
),

rhythms as (
    select
        excesses.source_name,
        excesses.table_name,
        excesses.has_pauses,
        count(*) as gap_count,
        max(excesses.gap_days) as largest_gap_days,
        count_if(
            excesses.excess_days > 0 and holidays.loaded_on is null
        ) as excess_count,
        max(
            case when holidays.loaded_on is null then excesses.excess_days else 0 end
        ) as largest_excess_days
    from excesses
    left join holidays
        on
            excesses.has_pauses = holidays.has_pauses
            and excesses.loaded_on = holidays.loaded_on
    group by excesses.source_name, excesses.table_name, excesses.has_pauses
),

-- One exception may be the last outage: it buys one night, no more.
judged as (
    select
        nights.source_name,
        nights.table_name,
        nights.loaded_on as last_on,
        rhythms.has_pauses,
        {{ days_between('nights.loaded_on', as_of()) }} as silent_days,
        coalesce(weekdays.usual_days, rhythms.largest_gap_days)
        + case
            when rhythms.excess_count > 2 then 2 * rhythms.largest_excess_days
            when rhythms.excess_count = 2 then rhythms.largest_excess_days
            else rhythms.excess_count
        end as allowed_days
    from nights
    inner join rhythms
        on
            nights.source_name = rhythms.source_name
            and nights.table_name = rhythms.table_name
    left join weekdays
        on
            nights.source_name = weekdays.source_name
            and nights.table_name = weekdays.table_name
            and nights.weekday = weekdays.weekday
    where nights.number_from_last = 1 and rhythms.gap_count >= 3
),

-- Sources that fall silent in one night, more than half of those that were due, may
-- have a holiday: they are waited for until the next night.
silences as (
    select
        has_pauses,
        count(distinct case when silent_days = 0 then source_name end)
            as delivering_count,
        count(distinct case when silent_days = allowed_days then source_name end)
            as silent_count
    from judged
    group by has_pauses
)

select
    judged.source_name,
    judged.table_name,
    judged.last_on,
    cast(judged.silent_days as int) as silent_days,
    cast(judged.allowed_days as int) as allowed_days,
    judged.silent_days >= judged.allowed_days
    and judged.silent_days <= judged.allowed_days + 90
    and not (
        judged.silent_days = judged.allowed_days
        and silences.silent_count >= 3
        and silences.silent_count > silences.delivering_count
    ) as is_overdue
from judged
inner join silences
    on judged.has_pauses = silences.has_pauses
