-- One row per landing file, with what became of its rows.
with
files as (
    select * from {{ ref('stg_ledger__files') }}
),

loads as (
    select
        source_name,
        table_name,
        path,
        file_id,
        lead(file_id) over (
            partition by source_name, table_name, path order by load_id asc
        ) as superseded_by_file_id,
        status,
        message,
        size_bytes,
        rows_read,
        rows_loaded,
        rows_quarantined,
        rows_repeated,
        loaded_on,
        delivered_at
    from files
)

select
    source_name,
    table_name,
    path,
    file_id,
    case when superseded_by_file_id <> file_id then superseded_by_file_id end
        as superseded_by_file_id,
    status,
    message,
    size_bytes,
    rows_read as read_count,
    rows_loaded as loaded_count,
    rows_quarantined as quarantined_count,
    rows_repeated as repeated_count,
    loaded_on,
    delivered_at
from loads
