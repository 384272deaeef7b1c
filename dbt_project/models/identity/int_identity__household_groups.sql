-- One row per customer with a household: the smallest record of all who live there.
{{ config(materialized='connected_components') }}
with
signs as (
    select * from {{ ref('int_identity__household_signs') }}
)

select
    record_key as record_key_a,
    min(record_key) over (partition by reason, sign_hash) as record_key_b
from signs
