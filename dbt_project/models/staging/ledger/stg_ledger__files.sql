-- One row per look at a landing file that led to a load or a refusal.
with
files as (
    select * from {{ source('raw_ledger', 'files') }}
),

looks as (
    select
        files.*,
        row_number() over (
            partition by
                files.source_name,
                files.table_name,
                files.path,
                files.status in ('refused', 'held')
            order by files.load_id desc
        ) as look_rank
    from files
)

select
    file_id,
    source_name,
    table_name,
    path,
    status,
    message,
    load_id,
    as_of as loaded_on,
    -- A delivery refused or held replaces nothing: what was there goes on counting.
    look_rank = 1 and status not in ('refused', 'held') as is_in_place,
    delivery,
    read_as,
    size_bytes,
    rows_read,
    rows_loaded,
    rows_quarantined,
    rows_repeated,
    modified_at,
    -- Nothing came after it was found; 1970 is a time that nobody set.
    case
        when modified_at > timestamp '1970-01-01' and modified_at < loaded_at
            then modified_at
        else loaded_at
    end as delivered_at,
    loaded_at
from looks
