-- One row per customer that can be reached: name, address, newest e-mail and phone.
with
details as (
    select * from {{ ref('int_customers__details') }}
),

identifiers as (
    select * from {{ ref('customer_identifiers_clear') }}
),

customers as (
    select * from {{ ref('customers') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_id, identifier_kind
            order by last_seen_at desc nulls last, identifier_value asc
        ) as recency_rank
    from identifiers
)

select
    customers.customer_id,
    details.first_name,
    details.last_name,
    emails.identifier_value as email,
    phones.identifier_value as phone,
    details.street,
    details.city,
    details.postal_code,
    details.country_code,
    details.birth_on,
    customers.is_marketing_accepted
from customers
left join details on customers.customer_id = details.customer_id
left join ranked as emails
    on
        customers.customer_id = emails.customer_id
        and emails.identifier_kind = 'email'
        and emails.recency_rank = 1
left join ranked as phones
    on
        customers.customer_id = phones.customer_id
        and phones.identifier_kind = 'phone'
        and phones.recency_rank = 1
where
    details.customer_id is not null
    or emails.identifier_value is not null
    or phones.identifier_value is not null
