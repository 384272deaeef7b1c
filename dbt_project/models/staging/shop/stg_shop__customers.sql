-- One row per version of a shop account or guest checkout; is_current marks the last.
with
customers as (
    {{ current_rows(
        source('raw_shop', 'customers'), 'customer_id', changed_at='updated_at',
        keep='version'
    ) }}
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
    is_current,
    {{ moment('created_at') }} as created_at,
    {{ moment('updated_at') }} as valid_from_at,
    _file_id,
    _line,
    _load_id
from customers
