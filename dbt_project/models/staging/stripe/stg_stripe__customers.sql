-- One row per customer, as last delivered.
with
customers as (
    {{ current_rows(source('raw_stripe', 'customers'), 'customer_id') }}
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
    coalesce(lower(is_deleted) in ('true', 't', '1'), false) as is_deleted,
    coalesce(lower(livemode) in ('live', 'true', 't', '1'), true) as is_live,
    upper(trim(currency)) as currency,
    try_cast(total_spend as decimal(18, 4)) as spent_amount,
    try_cast(refunded_volume as decimal(18, 4)) as refunded_amount,
    try_cast(payment_count as int) as payment_count,
    {{ moment('coalesce(created_utc, created)') }} as created_at,
    _file_id,
    _line,
    _load_id
from customers
