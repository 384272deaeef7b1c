-- One row per customer of whom any attribute is known: what survives of each.
with
survivors as (
    select * from {{ ref('int_customers__survivors') }}
),

people as (
    select * from {{ ref('int_identity__people') }}
    where is_current
),

domains as (
    select * from {{ ref('int_identity__company_domains') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

-- The domain of the company in the CRM; else that of an e-mail of the company's own.
domains_of_customers as (
    select
        customer_ids.customer_id,
        min(companies.domain) as company_domain,
        min(mailboxes.domain) as email_domain
    from people
    inner join customer_ids on people.record_id = customer_ids.record_id
    left join domains as companies
        on split_part(people.company_record_id, ';', 1) = companies.owner_id
    left join domains as mailboxes on people.record_id = mailboxes.owner_id
    group by customer_ids.customer_id
),

side_by_side as (
    select
        customer_id,
        {%- for attribute in [
            'first_name', 'last_name', 'email', 'phone', 'birth_on', 'language',
            'company_name', 'job_title', 'lifecycle_stage'
        ] %}
        max(case when attribute = '{{ attribute }}' then value end) as {{ attribute }},
        {%- endfor %}
        max(street) as street,
        max(city) as city,
        max(postal_code) as postal_code,
        max(state) as state,
        max(country_code) as country_code,
        count(*) as attribute_count,
        count_if(is_contradicted) as contradicted_attribute_count,
        count_if(agreeing_source_count > 1) as agreed_attribute_count
    from survivors
    group by customer_id
),

dated as (
    select
        *,
        cast(birth_on as date) as born_on
    from side_by_side
),

-- noqa: disable=LT02,LT08
birthdays as (
    select
        *,
        -- 29 February is kept on the 28th in years that lack it.
        {%- for year in [0, 1] %}
        coalesce(
            try_cast(
                cast(extract(year from {{ as_of() }}) + {{ year }} as string)
                || substr(birth_on, 5) as date
            ),
            try_cast(
                cast(extract(year from {{ as_of() }}) + {{ year }} as string)
                || '-02-28' as date
            )
        ) as birthday_in_{{ year }}{{ ',' if not loop.last }}
        {%- endfor %}
    from dated
)
-- noqa: enable=LT02,LT08

select
    birthdays.customer_id,
    birthdays.first_name,
    birthdays.last_name,
    birthdays.email,
    birthdays.phone,
    birthdays.street,
    birthdays.city,
    birthdays.postal_code,
    birthdays.state,
    birthdays.country_code,
    birthdays.born_on as birth_on,
    cast(extract(month from birthdays.born_on) as int) as birth_month,
    cast(
        extract(year from {{ as_of() }}) - extract(year from birthdays.born_on)
        - case when birthdays.birthday_in_0 > {{ as_of() }} then 1 else 0 end as int
    ) as age_years,
    cast(
        case
            when birthdays.born_on is not null
                then {{ days_between(
                    as_of(),
                    "case when birthdays.birthday_in_0 >= " ~ as_of()
                    ~ " then birthdays.birthday_in_0 else birthdays.birthday_in_1 end"
                ) }}
        end as int
    ) as days_to_birthday,
    birthdays.language,
    birthdays.company_name,
    coalesce(domains_of_customers.company_domain, domains_of_customers.email_domain)
        as company_domain,
    birthdays.job_title,
    birthdays.lifecycle_stage,
    cast(birthdays.attribute_count as bigint) as attribute_count,
    cast(birthdays.contradicted_attribute_count as bigint)
        as contradicted_attribute_count,
    cast(birthdays.agreed_attribute_count as bigint) as agreed_attribute_count
from birthdays
left join domains_of_customers
    on birthdays.customer_id = domains_of_customers.customer_id
