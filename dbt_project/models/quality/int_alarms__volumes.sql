-- One row per source table, measure and night of the last four weeks that brought it.
{% set series = 'source_name, table_name, measure' %}
{% set night = series ~ ', judged_on' %}
{% set threshold = 4 %}
{% set least_shift = 0.5 %}
with
nights as (
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
        largest,
        unevenness,
        read_count,
        quarantined_count,
        -- Halved is one less, doubled one more.
        log2(measured + 0.5) as size,
        cast(quarantined_count as double) / nullif(read_count, 0) as quarantined_rate,
        {{ days_between(
            'lag(loaded_on) over (partition by ' ~ series ~ ' order by loaded_on asc)',
            'loaded_on'
        ) }} as gap_days
    from {{ ref('int_alarms__measures') }}
    where
        loaded_on <= {{ as_of() }}
        and {{ days_between('loaded_on', as_of()) }} < 28 + 56
),

judged as (
    select * from nights
    where {{ days_between('loaded_on', as_of()) }} < 28
),

-- What a night is held against: the eight weeks before it. How much a table varies is
-- taken from those that are two weeks old, so that a fault does not excuse itself.
history as (
    select
        judged.source_name,
        judged.table_name,
        judged.measure,
        judged.loaded_on as judged_on,
        nights.weekday,
        nights.size,
        nights.unevenness,
        nights.gap_days,
        nights.quarantined_rate,
        {{ days_between('nights.loaded_on', 'judged.loaded_on') }} > 14 as is_settled
    from judged
    inner join nights
        on
            judged.source_name = nights.source_name
            and judged.table_name = nights.table_name
            and judged.measure = nights.measure
            and judged.loaded_on > nights.loaded_on
    where {{ days_between('nights.loaded_on', 'judged.loaded_on') }} <= 56
),

ranked_sizes as (
    select
        source_name,
        table_name,
        measure,
        judged_on,
        weekday,
        size,
        unevenness,
        gap_days,
        row_number() over (
            partition by {{ night }}, weekday order by size asc
        ) as size_rank,
        count(*) over (partition by {{ night }}, weekday) as weekday_count
    from history
),

weekdays as (
    select
        source_name,
        table_name,
        measure,
        judged_on,
        weekday,
        max(weekday_count) as weekday_count,
        sum(log2(unevenness)) / nullif(count(unevenness), 0) as usual_unevenness,
        min(gap_days) as usual_gap_days,
        -- The median: of an even number, the mean of the two in the middle.
        sum(
            case
                when
                    size_rank in (
                        floor((weekday_count + 1) / 2), floor((weekday_count + 2) / 2)
                    )
                    then size
            end
        ) / nullif(2 - mod(max(weekday_count), 2), 0) as usual_size
    from ranked_sizes
    group by source_name, table_name, measure, judged_on, weekday
),

residuals as (
    select
        history.source_name,
        history.table_name,
        history.measure,
        history.judged_on,
        abs(history.size - weekdays.usual_size) as residual,
        coalesce(history.quarantined_rate, 0) as quarantined_rate
    from history
    inner join weekdays
        on
            history.source_name = weekdays.source_name
            and history.table_name = weekdays.table_name
            and history.measure = weekdays.measure
            and history.judged_on = weekdays.judged_on
            and history.weekday = weekdays.weekday
    where history.is_settled
),

ranked_residuals as (
    select
        *,
        row_number() over (partition by {{ night }} order by residual asc)
            as residual_rank,
        row_number() over (partition by {{ night }} order by quarantined_rate asc)
            as rate_rank,
        count(*) over (partition by {{ night }}) as settled_count
    from residuals
),

-- Both are standard deviations where the noise is normal: from the median of the
-- deviations, and from nine tenths of them, which sees a table that comes in bursts.
spreads as (
    select
        source_name,
        table_name,
        measure,
        judged_on,
        max(settled_count) as settled_count,
        greatest(
            1.4826 * max(
                case
                    when residual_rank = floor((settled_count + 2) / 2) then residual
                end
            ),
            0.6 * max(
                case
                    when residual_rank = floor((9 * settled_count + 9) / 10)
                        then residual
                end
            )
        ) as spread,
        max(
            case
                when rate_rank = floor((9 * settled_count + 9) / 10)
                    then quarantined_rate
            end
        ) as usual_rate
    from ranked_residuals
    group by source_name, table_name, measure, judged_on
),

measured as (
    select
        judged.source_name,
        judged.table_name,
        judged.measure,
        judged.column_name,
        judged.currency,
        judged.loaded_on,
        judged.unit,
        judged.amount,
        judged.largest,
        judged.read_count,
        judged.quarantined_count,
        judged.quarantined_rate,
        spreads.usual_rate,
        coalesce(spreads.settled_count, 0) as settled_count,
        weekdays.usual_size,
        -- What comes after a gap may be what should have come in it, and money that
        -- the weekday did not have may come for the first time.
        case
            when
                judged.size > weekdays.usual_size
                and (
                    judged.gap_days > weekdays.usual_gap_days
                    or (judged.measure <> 'rows' and weekdays.usual_size < 0)
                )
                then 0
            when weekdays.weekday_count >= 4 and spreads.settled_count >= 4
                then judged.size - weekdays.usual_size
        end as own_shift,
        -- Few rows vary by themselves, as the square root of their number, and sums of
        -- amounts that differ much as if they were fewer.
        greatest(
            coalesce(spreads.spread, 0) * 1.15,
            sqrt(
                0.002
                + 2.1
                * power(
                    2,
                    coalesce(weekdays.usual_unevenness, 0)
                    - coalesce(weekdays.usual_size, 0)
                )
            )
        ) as noise
    from judged
    left join weekdays
        on
            judged.source_name = weekdays.source_name
            and judged.table_name = weekdays.table_name
            and judged.measure = weekdays.measure
            and judged.loaded_on = weekdays.judged_on
            and judged.weekday = weekdays.weekday
    left join spreads
        on
            judged.source_name = spreads.source_name
            and judged.table_name = spreads.table_name
            and judged.measure = spreads.measure
            and judged.loaded_on = spreads.judged_on
),

-- How far the rows that could be read are from what is usual.
rows_read as (
    select
        source_name,
        table_name,
        loaded_on,
        own_shift
        + log2(greatest(1 - coalesce(quarantined_rate, 0), 0.001))
        - log2(greatest(1 - coalesce(usual_rate, 0), 0.001)) as shift
    from measured
    where measure = 'rows'
),

-- Money that fell as the rows did is no second incident: of a total counts what the
-- rows do not explain, and no more than the total itself.
explained as (
    select
        measured.*,
        row_number() over (
            partition by
                measured.source_name, measured.table_name, measured.measure
            order by measured.loaded_on asc
        ) as night_number,
        case
            when measured.measure = 'rows' or rows_read.shift is null
                then measured.own_shift
            when measured.own_shift > 0
                then
                    greatest(
                        least(
                            measured.own_shift,
                            measured.own_shift - rows_read.shift
                        ),
                        0
                    )
            else
                least(
                    greatest(
                        measured.own_shift,
                        measured.own_shift - rows_read.shift
                    ),
                    0
                )
        end as shift
    from measured
    left join rows_read
        on
            measured.source_name = rows_read.source_name
            and measured.table_name = rows_read.table_name
            and measured.loaded_on = rows_read.loaded_on
),

-- A fault that one night cannot tell from noise, three or seven can.
lasting as (
    select
        *,
        case
            when night_number >= 3
                then sum(shift) over (
                    partition by {{ series }}
                    order by night_number asc
                    rows between 2 preceding and current row
                ) / 3
        end as shift_of_3,
        case
            when night_number >= 7
                then sum(shift) over (
                    partition by {{ series }}
                    order by night_number asc
                    rows between 6 preceding and current row
                ) / 7
        end as shift_of_7
    from explained
),

found as (
    select
        *,
        coalesce(
            abs(shift) >= greatest({{ least_shift }}, {{ threshold }} * noise)
            {% for count in [3, 7] %}
            or (
                abs(shift_of_{{ count }}) >= greatest(
                    {{ least_shift }},
                    {{ threshold }} * noise / nullif(sqrt({{ count }}), 0)
                )
                and shift * shift_of_{{ count }} > 0
                and abs(shift) >= 0.3
            )
            {% endfor %},
            false
        ) as is_volume_off,
        coalesce(
            settled_count >= 4
            and quarantined_count >= 5
            and quarantined_rate >= 2 * usual_rate + 0.02,
            false
        ) as is_quarantine_off
    from lasting
)

select
    source_name,
    table_name,
    measure,
    column_name,
    currency,
    loaded_on,
    cast(
        row_number() over (partition by {{ series }} order by night_number desc) as int
    ) as number_from_last,
    amount,
    largest,
    read_count,
    quarantined_count,
    quarantined_rate,
    usual_rate as usual_quarantined_rate,
    (power(2, usual_size) - 0.5) * unit as usual_amount,
    shift,
    abs(shift) / nullif(noise, 0) as strangeness,
    is_volume_off,
    is_quarantine_off
from found
