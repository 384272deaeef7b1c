-- One row per version of a shop account or guest checkout; is_current marks the last.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

customers as (
    select * from {{ source('raw_shop', 'customers') }}
),

delivered as (
    select
        customers.*,
        try_cast(customers.updated_at as timestamp) as valid_from_at,
        row_number() over (
            partition by
                customers.customer_id,
                try_cast(customers.updated_at as timestamp)
            order by files.path asc, customers._line asc
        ) as delivery_rank,
        row_number() over (
            partition by customers.customer_id
            order by
                try_cast(customers.updated_at as timestamp) desc nulls last,
                files.path asc,
                customers._line asc
        ) as version_rank
    from customers
    inner join files
        on customers._file_id = files.file_id and customers._load_id = files.load_id
)

select
    customer_id,
    email,
    first_name,
    last_name,
    phone,
    try_cast(birth_date as date) as birth_on,
    street,
    city,
    postal_code,
    upper(country_code) as country_code,
    lower(accepts_marketing) in ('true', '1', 'yes') as is_marketing_accepted,
    lower(is_guest) in ('true', '1', 'yes') as is_guest,
    version_rank = 1 as is_current,
    try_cast(created_at as timestamp) as created_at,
    valid_from_at,
    _file_id,
    _line,
    _load_id
from delivered
where delivery_rank = 1
