-- One row per customer number of the gift shop.
with
lines as (
    select * from {{ ref('stg_online_retail__lines') }}
    where customer_number is not null
)

select
    'online_retail.customer:' || customer_number as record_id,
    true as is_current,
    {% for column in [
        'first_name', 'last_name', 'full_name', 'birth_date', 'email', 'other_emails',
        'email_sha256', 'phone', 'other_phones', 'street', 'city', 'postal_code', 'state'
    ] -%}
    null as {{ column }},
    {% endfor -%}
    min(country) as country,
    {% for column in [
        'country_code', 'language', 'company_name', 'company_record_id', 'job_title',
        'lifecycle_stage', 'national_id', 'loyalty_number', 'social_handle',
        'external_id', 'merged_ids', 'salesforce_contact_id', 'is_email_verified'
    ] -%}
    null as {{ column }},
    {% endfor -%}
    min(invoiced_at) as created_at,
    min(invoiced_at) as seen_at,
    max(invoiced_at) as last_seen_at,
    min(_file_id) as file_id,
    min(_line) as line
from lines
group by customer_number
