-- One row per night, customer, kind of change and customer that it came from.
with
history as (
    select * from {{ ref('customer_id_history') }}
),

-- Each end of an interval and what begins there.
moves as (
    select
        history.record_id,
        history.valid_from_on as changed_on,
        history.customer_id,
        before.customer_id as previous_customer_id
    from history
    left join history as before
        on
            history.record_id = before.record_id
            and history.valid_from_on = before.valid_to_on
    union all
    select
        history.record_id,
        history.valid_to_on as changed_on,
        null as customer_id,
        history.customer_id as previous_customer_id
    from history
    left join history as after
        on
            history.record_id = after.record_id
            and history.valid_to_on = after.valid_from_on
    where history.valid_to_on is not null and after.record_id is null
),

steps as (
    select
        customer_id,
        changed_on,
        count(*) as record_count
    from moves
    where customer_id is not null
    group by customer_id, changed_on
    union all
    select
        previous_customer_id as customer_id,
        changed_on,
        -count(*) as record_count
    from moves
    where previous_customer_id is not null
    group by previous_customer_id, changed_on
),

nights as (
    select
        customer_id,
        changed_on,
        sum(record_count) as record_count
    from steps
    group by customer_id, changed_on
),

sizes as (
    select
        customer_id,
        changed_on,
        sum(record_count) over (
            partition by customer_id order by changed_on asc
            rows between unbounded preceding and current row
        ) as record_count,
        row_number() over (partition by customer_id order by changed_on asc)
            as night_number
    from nights
),

judged as (
    select
        moves.changed_on,
        coalesce(moves.customer_id, moves.previous_customer_id) as customer_id,
        case when moves.customer_id is not null then moves.previous_customer_id end
            as previous_customer_id,
        case
            when moves.customer_id is null and left_behind.record_count = 0
                then 'retired'
            when moves.customer_id is null then 'shrunk'
            when moves.previous_customer_id is null and sizes.night_number = 1
                then 'born'
            when moves.previous_customer_id is null then 'grown'
            when left_behind.record_count = 0 then 'merged'
            else 'split'
        end as change
    from moves
    left join sizes
        on
            moves.customer_id = sizes.customer_id
            and moves.changed_on = sizes.changed_on
    left join sizes as left_behind
        on
            moves.previous_customer_id = left_behind.customer_id
            and moves.changed_on = left_behind.changed_on
)

select
    changed_on,
    customer_id,
    change,
    previous_customer_id,
    cast(count(*) as bigint) as record_count
from judged
group by changed_on, customer_id, change, previous_customer_id
