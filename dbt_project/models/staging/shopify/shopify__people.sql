-- One row per version of a customer of the Shopify store, or guest who ordered there.
with
customers as (
    select * from {{ ref('stg_shopify__customers') }}
),

orders as (
    select * from {{ ref('stg_shopify__orders') }}
),

buyers as (
    select * from {{ ref('stg_shopify__buyers') }}
    where is_known_by_orders_only
),

guest_orders as (
    select
        orders.*,
        buyers.record_id,
        min(orders.ordered_at) over (partition by buyers.record_id) as first_ordered_at,
        row_number() over (
            partition by buyers.record_id
            order by orders.ordered_at desc nulls last, orders.order_name desc
        ) as newest_rank
    from orders
    inner join buyers on orders.order_id = buyers.order_id
)

select
    'shopify.customer:' || customer_id as record_id,
    is_current,
    first_name,
    last_name,
    null as full_name,
    null as birth_date,
    email,
    null as other_emails,
    null as email_sha256,
    phone,
    address_phone as other_phones,
    street,
    city,
    postal_code,
    province_code as state,
    null as country,
    country_code,
    null as language,
    company as company_name,
    null as company_record_id,
    null as job_title,
    null as lifecycle_stage,
    null as national_id,
    null as loyalty_number,
    null as social_handle,
    null as external_id,
    null as merged_ids,
    null as salesforce_contact_id,
    null as is_email_verified,
    created_at,
    coalesce(updated_at, created_at) as seen_at,
    coalesce(updated_at, created_at) as last_seen_at,
    _file_id as file_id,
    _line as line
from customers
union all
select
    record_id,
    true as is_current,
    null as first_name,
    null as last_name,
    billing_name as full_name,
    null as birth_date,
    email,
    null as other_emails,
    null as email_sha256,
    coalesce(phone, billing_phone) as phone,
    null as other_phones,
    billing_street as street,
    billing_city as city,
    billing_postal_code as postal_code,
    billing_province_code as state,
    null as country,
    billing_country_code as country_code,
    null as language,
    billing_company as company_name,
    null as company_record_id,
    null as job_title,
    null as lifecycle_stage,
    null as national_id,
    null as loyalty_number,
    null as social_handle,
    null as external_id,
    null as merged_ids,
    null as salesforce_contact_id,
    null as is_email_verified,
    first_ordered_at as created_at,
    ordered_at as seen_at,
    ordered_at as last_seen_at,
    _file_id as file_id,
    _line as line
from guest_orders
where newest_rank = 1
