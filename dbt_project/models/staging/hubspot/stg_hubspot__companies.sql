-- One row per company of the CRM, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

companies as (
    select * from {{ source('raw_hubspot', 'companies') }}
),

delivered as (
    select
        companies.*,
        row_number() over (
            partition by companies.company_id
            order by
                try_cast(companies.modified_at as timestamp) desc nulls last,
                files.path desc,
                companies._line desc
        ) as version_rank
    from companies
    inner join files
        on companies._file_id = files.file_id and companies._load_id = files.load_id
)

select
    company_id,
    company_name,
    parent_company_id,
    lower(domain) as domain,
    industry,
    city,
    country,
    try_cast(replace(employees, ',', '') as bigint) as employee_count,
    owner,
    try_cast(created_at as timestamp) as created_at,
    try_cast(modified_at as timestamp) as modified_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
