-- One row per source table and night that brought it something new.
with
contents as (
    select * from {{ ref('stg_ledger__contents') }}
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
