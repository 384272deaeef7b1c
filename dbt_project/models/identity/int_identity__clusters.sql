-- One row per record: the oldest record of its cluster, where no guard is broken.
{{ config(materialized='connected_components') }}

with
records as (
    select * from {{ ref('records') }}
),

evidence as (
    select * from {{ ref('int_identity__evidence') }}
),

contested as (
    select distinct record_key from {{ ref('int_identity__contested') }}
),

unions as (
    select * from {{ ref('int_identity__unions') }}
)

select
    record_key as record_key_a,
    record_key as record_key_b
from records
union all
select
    evidence.hub_key as record_key_a,
    evidence.record_key as record_key_b
from evidence
left join contested on evidence.record_key = contested.record_key
where evidence.record_key <> evidence.hub_key and contested.record_key is null
union all
select
    record_key_a,
    record_key_b
from unions
where guard is null
