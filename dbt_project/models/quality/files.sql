-- One row per landing file, with what became of its rows.
with
files as (
    select * from {{ ref('stg_ledger__files') }}
),

current_files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

delivered_files as (
    select * from {{ ref('stg_ledger__delivered_files') }}
),

last_full_exports as (
    select
        source_name,
        table_name,
        min(file_id) as file_id
    from current_files
    group by source_name, table_name
),

looks as (
    select
        source_name,
        table_name,
        path,
        file_id,
        load_id,
        lead(file_id) over (
            partition by source_name, table_name, path order by load_id asc
        ) as next_file_id,
        -- A delivery refused or held replaces nothing.
        first_value(file_id) over (
            partition by
                source_name, table_name, path, status in ('refused', 'held')
            order by load_id desc
        ) as counted_file_id,
        status,
        delivery,
        message,
        read_as,
        size_bytes,
        rows_read,
        rows_loaded,
        rows_quarantined,
        rows_repeated,
        loaded_on,
        delivered_at
    from files
),

-- However often a content is met again at its path, that is told once, as it was last.
ranked as (
    select
        *,
        row_number() over (
            partition by source_name, table_name, path, file_id, status
            order by load_id desc
        ) as look_rank
    from looks
),

loads as (
    select * from ranked
    where look_rank = 1
)

select
    loads.source_name,
    loads.table_name,
    loads.path,
    loads.file_id,
    case
        when loads.status in ('refused', 'held') then loads.next_file_id
        when loads.counted_file_id <> loads.file_id then loads.counted_file_id
        when
            loads.delivery = 'full'
            and loads.status in ('loaded', 'repeated')
            and current_files.file_id is null
            then last_full_exports.file_id
        when loads.status in ('loaded', 'repeated')
            then delivered_files.outgrown_by_file_id
    end as superseded_by_file_id,
    loads.status,
    loads.message,
    loads.read_as,
    loads.size_bytes,
    loads.rows_read as read_count,
    loads.rows_loaded as loaded_count,
    loads.rows_quarantined as quarantined_count,
    loads.rows_repeated as repeated_count,
    loads.loaded_on,
    loads.delivered_at
from loads
left join current_files
    on
        loads.source_name = current_files.source_name
        and loads.table_name = current_files.table_name
        and loads.file_id = current_files.file_id
left join delivered_files
    on
        loads.source_name = delivered_files.source_name
        and loads.table_name = delivered_files.table_name
        and loads.file_id = delivered_files.file_id
left join last_full_exports
    on
        loads.source_name = last_full_exports.source_name
        and loads.table_name = last_full_exports.table_name
