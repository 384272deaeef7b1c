-- One row per file content that was loaded and is in place at some path.
with
files as (
    select * from {{ ref('stg_ledger__files') }}
),

standing as (
    -- The content that is in place now, by any path; a repeat points to its first load.
    select
        source_name,
        table_name,
        file_id
    from files
    where is_in_place
    group by source_name, table_name, file_id
),

loads as (
    -- Content that was replayed counts as its last load left it.
    select
        source_name,
        table_name,
        file_id,
        min(load_id) as first_load_id,
        max(load_id) as load_id,
        max(loaded_at) as loaded_at,
        max(delivery) as delivery
    from files
    where status = 'loaded'
    group by source_name, table_name, file_id
),

-- The first delivery of a content says when it came and what it is called: a copy, a
-- new name or a restored file changes neither.
first_looks as (
    select
        source_name,
        table_name,
        file_id,
        path,
        modified_at,
        row_number() over (
            partition by source_name, table_name, file_id
            order by
                load_id asc,
                modified_at asc,
                length(path) asc nulls last,
                path asc
        ) as look_number
    from files
    where status in ('loaded', 'repeated')
),

contents as (
    select
        standing.file_id,
        loads.load_id,
        loads.first_load_id,
        loads.delivery,
        first_looks.modified_at,
        standing.source_name,
        standing.table_name,
        first_looks.path,
        loads.loaded_at
    from standing
    inner join loads
        on
            standing.source_name = loads.source_name
            and standing.table_name = loads.table_name
            and standing.file_id = loads.file_id
    inner join first_looks
        on
            standing.source_name = first_looks.source_name
            and standing.table_name = first_looks.table_name
            and standing.file_id = first_looks.file_id
    where first_looks.look_number = 1
),

last_loads as (
    select
        source_name,
        table_name,
        max(first_load_id) as first_load_id
    from contents
    group by source_name, table_name
),

-- A log that has grown, under whatever name, holds what it held before.
outgrown as (
    select
        beginnings.source_name,
        beginnings.table_name,
        beginnings.begins_with_file_id as file_id,
        max(beginnings.file_id) as outgrown_by_file_id
    from {{ source('raw_ledger', 'beginnings') }} as beginnings
    inner join contents
        on
            beginnings.source_name = contents.source_name
            and beginnings.table_name = contents.table_name
            and beginnings.file_id = contents.file_id
    group by
        beginnings.source_name,
        beginnings.table_name,
        beginnings.begins_with_file_id
)

select
    contents.file_id,
    contents.load_id,
    contents.source_name,
    contents.table_name,
    contents.path,
    -- Delivered later is newer: by the load, in one load by the file's own time. Only
    -- where both are equal do names decide, so that (10) comes after (9).
    row_number() over (
        partition by contents.source_name
        order by
            contents.first_load_id asc,
            contents.modified_at asc,
            length(contents.path) asc nulls last,
            contents.path asc,
            contents.table_name asc
    ) as delivery_number,
    -- A full export takes the place of all that were loaded before it, another file
    -- that of what it begins with.
    case
        when contents.delivery = 'incremental' then outgrown.file_id is null
        else contents.first_load_id = last_loads.first_load_id
    end as is_last_delivery,
    outgrown.outgrown_by_file_id,
    contents.loaded_at
from contents
inner join last_loads
    on
        contents.source_name = last_loads.source_name
        and contents.table_name = last_loads.table_name
left join outgrown
    on
        contents.source_name = outgrown.source_name
        and contents.table_name = outgrown.table_name
        and contents.file_id = outgrown.file_id
