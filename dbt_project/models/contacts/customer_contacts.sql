-- One row per customer that can be reached: name, address, e-mail and phone.
with
attributes as (
    select * from {{ ref('int_customers__attributes') }}
),

customers as (
    select * from {{ ref('customers') }}
)

select
    customers.customer_id,
    attributes.first_name,
    attributes.last_name,
    attributes.email,
    attributes.phone,
    attributes.street,
    attributes.city,
    attributes.postal_code,
    attributes.state,
    attributes.country_code,
    attributes.birth_on,
    attributes.language,
    attributes.company_name,
    attributes.job_title,
    customers.is_marketing_accepted
from customers
inner join attributes on customers.customer_id = attributes.customer_id
where
    coalesce(
        attributes.first_name,
        attributes.last_name,
        attributes.email,
        attributes.phone,
        attributes.street,
        attributes.postal_code,
        attributes.city
    ) is not null
