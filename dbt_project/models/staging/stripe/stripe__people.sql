-- One row per customer of Stripe, or guest who was charged there.
with
customers as (
    select
        *,
        'stripe.customer:' || customer_id as record_id
    from {{ ref('stg_stripe__customers') }}
    where is_live
),

payments as (
    select * from {{ ref('stripe__payments') }}
    where not is_test
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
    where is_live and customer_id is not null
),

-- Who is charged, but not in the export of customers.
mentioned as (
    select
        record_id,
        email,
        null as customer_name,
        paid_at as seen_at,
        file_id,
        line
    from payments
    union all
    select
        'stripe.customer:' || customer_id as record_id,
        email,
        customer_name,
        created_at as seen_at,
        _file_id as file_id,
        _line as line
    from subscriptions
),

ranked as (
    select
        mentioned.*,
        min(mentioned.seen_at) over (partition by mentioned.record_id)
            as first_seen_at,
        row_number() over (
            partition by mentioned.record_id
            order by
                case when mentioned.email is null then 1 else 0 end asc nulls last,
                mentioned.seen_at desc nulls last,
                mentioned.file_id asc,
                mentioned.line asc
        ) as newest_rank
    from mentioned
    left join customers on mentioned.record_id = customers.record_id
    where customers.record_id is null and mentioned.record_id is not null
)

select
    record_id,
    not is_deleted as is_current,
    null as first_name,
    null as last_name,
    customer_name as full_name,
    null as birth_date,
    email,
    null as other_emails,
    null as email_sha256,
    phone,
    null as other_phones,
    street,
    city,
    postal_code,
    state,
    null as country,
    country_code,
    null as language,
    null as company_name,
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
    created_at as seen_at,
    created_at as last_seen_at,
    _file_id as file_id,
    _line as line
from customers
union all
select
    record_id,
    true as is_current,
    null as first_name,
    null as last_name,
    customer_name as full_name,
    null as birth_date,
    email,
    null as other_emails,
    null as email_sha256,
    null as phone,
    null as other_phones,
    null as street,
    null as city,
    null as postal_code,
    null as state,
    null as country,
    null as country_code,
    null as language,
    null as company_name,
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
    first_seen_at as created_at,
    seen_at,
    seen_at as last_seen_at,
    file_id,
    line
from ranked
where newest_rank = 1
