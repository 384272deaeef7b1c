-- One row per delivered column of a raw table and load.
with
columns as (
    select * from {{ source('raw_ledger', 'columns') }}
),

files as (
    select * from {{ ref('stg_ledger__files') }}
),

loads as (
    select distinct
        source_name,
        table_name,
        load_id,
        loaded_on
    from files
    where status = 'loaded'
)

select
    columns.source_name,
    columns.table_name,
    columns.column_name,
    columns.load_id,
    columns.value_type,
    columns.known_values,
    columns.examples,
    columns.row_count,
    columns.row_count - columns.null_count as value_count,
    columns.null_count,
    loads.loaded_on
from columns
inner join loads
    on
        columns.source_name = loads.source_name
        and columns.table_name = loads.table_name
        and columns.load_id = loads.load_id
