-- One row per night that read at least one file.
with
files as (
    select * from {{ ref('files') }}
)

select
    loaded_on as as_of,
    cast(count(*) as bigint) as file_count,
    cast(count_if(status = 'refused') as bigint) as refused_file_count,
    cast(sum(read_count) as bigint) as read_count,
    cast(sum(loaded_count) as bigint) as loaded_count,
    cast(sum(quarantined_count) as bigint) as quarantined_count,
    cast(sum(repeated_count) as bigint) as repeated_count
from files
group by loaded_on
