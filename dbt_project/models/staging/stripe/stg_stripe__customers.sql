-- One row per customer, as last exported.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

customers as (
    select * from {{ source('raw_stripe', 'customers') }}
),

delivered as (
    select
        customers.*,
        row_number() over (
            partition by customers.customer_id
            order by files.path desc, customers._line desc
        ) as version_rank
    from customers
    inner join files
        on customers._file_id = files.file_id and customers._load_id = files.load_id
)

select
    customer_id,
    lower(trim(email)) as email,
    customer_name,
    phone,
    description,
    address_line_1 as street,
    address_city as city,
    address_postal_code as postal_code,
    address_state as state,
    upper(address_country) as country_code,
    lower(delinquent) = 'true' as is_delinquent,
    coalesce(lower(is_deleted) = 'true', false) as is_deleted,
    coalesce(lower(livemode) in ('live', 'true'), true) as is_live,
    upper(currency) as currency,
    try_cast(total_spend as decimal(18, 2)) as spent_amount,
    try_cast(refunded_volume as decimal(18, 2)) as refunded_amount,
    try_cast(payment_count as int) as payment_count,
    try_cast(coalesce(created_utc, created) as timestamp) as created_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
