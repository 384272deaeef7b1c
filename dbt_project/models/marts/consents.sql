-- One row per statement of consent and customer it reaches.
with
consents as (
    select * from {{ ref('conformed__consents') }}
),

reached as (
    select * from {{ ref('int_consents__reached') }}
),

customers as (
    select
        source_name,
        consent_id,
        customer_id,
        min(identifier_kind) as identifier_kind,
        min(identifier_hash) as identifier_hash,
        min(status) as status,
        bool_or(is_repeated) as is_repeated,
        max(customer_id) over (partition by source_name, consent_id) as any_customer_id
    from reached
    group by source_name, consent_id, customer_id
)

select
    customers.source_name,
    customers.consent_id,
    customers.customer_id,
    consents.record_id,
    customers.identifier_kind,
    customers.identifier_hash,
    consents.channel,
    consents.purpose,
    customers.status,
    consents.status as stated_status,
    customers.is_repeated,
    consents.origin,
    consents.text_version,
    consents.stated_at
from customers
inner join consents
    on
        customers.source_name = consents.source_name
        and customers.consent_id = consents.consent_id
where customers.customer_id is not null or customers.any_customer_id is null
