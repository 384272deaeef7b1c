-- One row per night that read at least one file.
with
files as (
    select * from {{ ref('stg_ledger__files') }}
)

select
    loaded_on as as_of,
    cast(count(*) as bigint) as file_count,
    cast(count_if(status = 'refused') as bigint) as refused_file_count,
    cast(sum(rows_read) as bigint) as read_count,
    cast(sum(rows_loaded) as bigint) as loaded_count,
    cast(sum(rows_quarantined) as bigint) as quarantined_count,
    cast(sum(rows_repeated) as bigint) as repeated_count
from files
group by loaded_on
