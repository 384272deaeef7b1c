-- One row per source table, night, column of money and currency that it brought.
with
contents as (
    select * from {{ ref('stg_ledger__contents') }}
),

totals as (
    select * from {{ source('raw_ledger', 'totals') }}
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
