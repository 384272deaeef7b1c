-- One row per source table and night that brought it something new.
with
files as (
    select * from {{ ref('stg_ledger__files') }}
),

loads as (
    select
        source_name,
        table_name,
        file_id,
        loaded_on,
        rows_read,
        rows_quarantined,
        row_number() over (
            partition by source_name, table_name, file_id order by load_id asc
        ) as load_number,
        row_number() over (
            partition by source_name, table_name, file_id order by load_id desc
        ) as load_number_from_last
    from files
    where status = 'loaded'
),

-- A content came in its first load; a replay may have saved lines of it since.
contents as (
    select
        source_name,
        table_name,
        file_id,
        max(case when load_number = 1 then loaded_on end) as loaded_on,
        max(case when load_number = 1 then rows_read end) as read_count,
        max(case when load_number_from_last = 1 then rows_quarantined end)
            as quarantined_count
    from loads
    group by source_name, table_name, file_id
)

select
    source_name,
    table_name,
    loaded_on,
    -- Monday is 0.
    cast(mod({{ days_between("'2000-01-03'", 'loaded_on') }}, 7) as int) as weekday,
    cast(sum(read_count) as bigint) as read_count,
    cast(sum(quarantined_count) as bigint) as quarantined_count
from contents
group by source_name, table_name, loaded_on
