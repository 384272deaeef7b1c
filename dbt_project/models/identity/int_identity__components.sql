-- One row per record: the oldest record that any evidence connects it to.
{{ config(materialized='connected_components') }}

with
records as (
    select * from {{ ref('records') }}
),

evidence as (
    select * from {{ ref('int_identity__evidence') }}
)

select
    record_key as record_key_a,
    record_key as record_key_b
from records
union all
select
    hub_key as record_key_a,
    record_key as record_key_b
from evidence
where record_key <> hub_key
