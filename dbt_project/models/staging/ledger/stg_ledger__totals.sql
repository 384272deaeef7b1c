-- One row per source table, night, column of money and currency that it brought.
with
files as (
    select * from {{ ref('stg_ledger__files') }}
),

totals as (
    select * from {{ source('raw_ledger', 'totals') }}
),

loads as (
    select
        source_name,
        table_name,
        file_id,
        load_id,
        loaded_on,
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
        max(case when load_number_from_last = 1 then load_id end) as load_id
    from loads
    group by source_name, table_name, file_id
)

select
    totals.source_name,
    totals.table_name,
    totals.column_name,
    totals.currency,
    contents.loaded_on,
    sum(totals.value_count) as value_count,
    sum(totals.total) as total,
    sum(totals.square_total) as square_total,
    max(totals.largest) as largest
from totals
inner join contents
    on
        totals.source_name = contents.source_name
        and totals.table_name = contents.table_name
        and totals.file_id = contents.file_id
        and totals.load_id = contents.load_id
group by
    totals.source_name,
    totals.table_name,
    totals.column_name,
    totals.currency,
    contents.loaded_on
