-- One row per company: the first company among all below the same parents.
{{ config(materialized='connected_components') }}
with
companies as (
    select * from {{ ref('int_identity__companies') }}
),

company_groups as (
    select * from {{ ref('int_identity__company_groups') }}
)

select
    record_key as record_key_a,
    cluster_key as record_key_b
from company_groups
union all
select
    children.company_key as record_key_a,
    parents.company_key as record_key_b
from companies as children
inner join companies as parents on children.parent_company_id = parents.company_id
