-- One row per file content that was loaded: its first night, and its last load.
with
files as (
    select * from {{ ref('stg_ledger__files') }}
),

loads as (
    select
        source_name,
        table_name,
        file_id,
        load_id,
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
)

-- A content came in its first load; a replay may have saved lines of it since.
select
    source_name,
    table_name,
    file_id,
    max(case when load_number_from_last = 1 then load_id end) as load_id,
    max(case when load_number = 1 then loaded_on end) as loaded_on,
    max(case when load_number = 1 then rows_read end) as read_count,
    max(case when load_number_from_last = 1 then rows_quarantined end)
        as quarantined_count
from loads
group by source_name, table_name, file_id
