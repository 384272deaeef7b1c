-- One row per customer with a contact or an account: the newest answer each gave.
with
contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
    where is_current
),

shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
    where is_current
),

aliases as (
    select * from {{ ref('country_aliases') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

companies as (
    select * from {{ ref('stg_hubspot__companies') }}
),

answers as (
    select
        'hubspot.contact:' || contacts.contact_id as record_id,
        contacts.first_name,
        contacts.last_name,
        contacts.street,
        contacts.city,
        contacts.postal_code,
        coalesce(aliases.country_code, upper(trim(contacts.country))) as country_code,
        contacts.birth_on,
        contacts.lifecycle_stage,
        companies.domain as company_domain,
        cast(null as boolean) as is_marketing_accepted,
        contacts.valid_from_at as answered_at
    from contacts
    left join aliases on lower(trim(contacts.country)) = aliases.alias
    left join
        companies
        on trim(split_part(contacts.company_ids, ';', 1)) = companies.company_id
    union all
    select
        'shop.customer:' || customer_id as record_id,
        first_name,
        last_name,
        street,
        city,
        postal_code,
        country_code,
        birth_on,
        null as lifecycle_stage,
        null as company_domain,
        is_marketing_accepted,
        valid_from_at as answered_at
    from shop_customers
),

-- With its time in front of each answer, the greatest answer is the newest.
stamped as (
    select
        customer_ids.customer_id,
        answers.*,
        cast(answers.answered_at as string) || '|' || answers.record_id || '|' as stamp
    from answers
    inner join customer_ids on answers.record_id = customer_ids.record_id
),

newest as (
    select
        customer_id,
        {% for column in [
            'first_name', 'last_name', 'street', 'city', 'postal_code', 'country_code',
            'lifecycle_stage', 'company_domain'
        ] -%}
        max(case when trim({{ column }}) <> '' then stamp || trim({{ column }}) end)
            as {{ column }},
        {% endfor -%}
        max(case when birth_on is not null then stamp || cast(birth_on as string) end)
            as birth_on,
        -- Between two answers the more careful one holds.
        bool_and(is_marketing_accepted) as is_marketing_accepted
    from stamped
    group by customer_id
),

answered as (
    select
        customer_id,
        {% for column in [
            'first_name', 'last_name', 'street', 'city', 'postal_code', 'country_code',
            'lifecycle_stage', 'company_domain'
        ] -%}
        split_part({{ column }}, '|', 3) as {{ column }},
        {% endfor -%}
        cast(split_part(birth_on, '|', 3) as date) as birth_on,
        is_marketing_accepted
    from newest
),

birthdays as (
    select
        *,
        -- 29 February is kept on the 28th in years that lack it.
        coalesce(
            try_cast(
                cast(extract(year from {{ as_of() }}) as string)
                || substr(cast(birth_on as string), 5)
                as date
            ),
            try_cast(
                cast(extract(year from {{ as_of() }}) as string) || '-02-28' as date
            )
        ) as this_year_on,
        coalesce(
            try_cast(
                cast(extract(year from {{ as_of() }}) + 1 as string)
                || substr(cast(birth_on as string), 5) as date
            ),
            try_cast(
                cast(extract(year from {{ as_of() }}) + 1 as string) || '-02-28' as date
            )
        ) as next_year_on
    from answered
)

select
    customer_id,
    first_name,
    last_name,
    street,
    city,
    postal_code,
    country_code,
    lifecycle_stage,
    company_domain,
    is_marketing_accepted,
    birth_on,
    cast(extract(month from birth_on) as int) as birth_month,
    cast(
        extract(year from {{ as_of() }}) - extract(year from birth_on)
        - case when this_year_on > {{ as_of() }} then 1 else 0 end as int
    ) as age_years,
    case
        when birth_on is null then null
        else cast(
            {{ days_between(
                as_of(),
                "case when this_year_on >= " ~ as_of() ~ " then this_year_on else next_year_on end"
            ) }} as int
        )
    end as days_to_birthday
from birthdays
