-- One row per customer and sign of a household that several customers show.
with
customer_ids as (
    select * from {{ ref('customer_ids') }}
),

records as (
    select * from {{ ref('records') }}
),

details as (
    select * from {{ ref('int_identity__details') }}
),

payments as (
    select * from {{ ref('conformed__payments') }}
    where
        card_fingerprint <> ''
        and state in ('paid', 'refunded', 'partly refunded')
        and not coalesce(is_test, false)
),

identifiers as (
    select * from {{ ref('identifiers') }}
    where identifier_kind = 'email' and status = 'used'
),

-- The smallest record stands for its customer.
customers as (
    select
        customer_ids.customer_id,
        min(records.record_key) as record_key
    from customer_ids
    inner join records on customer_ids.record_id = records.record_id
    group by customer_ids.customer_id
),

{%- set street_words = '(' ~ [
    'strasse', 'straat', 'street', 'sankt', 'saint', 'str', 'st', 'avenue', 'avenida',
    'avda', 'ave', 'av', 'road', 'rd', 'drive', 'dr', 'lane', 'ln', 'court', 'ct',
    'square', 'sq', 'place', 'platz', 'plaza', 'piazza', 'pza', 'pl', 'boulevard',
    'blvd', 'bd', 'apartment', 'apt'
] | join('|') ~ ')' %}

typed as (
    select
        record_id,
        seen_at,
        street,
        city,
        coalesce(country_code, '') as country_code,
        coalesce(family_name, only_name) as family_name,
        case
            when country_code = 'US' then substr(trim(postal_code), 1, 5)
            else upper(postal_code)
        end as postal_code
    from details
    where street is not null
),

spelled as (
    select
        record_id,
        seen_at,
        country_code,
        {{ name_key("family_name") }} as family_key,
        -- What is abbreviated in many ways is left out.
        {{ regex_replace(name_key("street"), street_words, "") }} as street_key,
        trim({{ regex_replace("street", "[^0-9]+", " ") }}) as house_number,
        coalesce(
            nullif({{ regex_replace("postal_code", "[^0-9A-Z]", "") }}, ''),
            nullif({{ name_key("city") }}, '')
        ) as place
    from typed
),

addresses as (
    select
        customer_ids.customer_id,
        replace(replace(replace(
            spelled.family_key || '|' || spelled.street_key || '|' || spelled.place,
            'ae', 'a'
        ), 'oe', 'o'), 'ue', 'u')
        || '|' || spelled.house_number
        || '|' || spelled.country_code as sign,
        row_number() over (
            partition by customer_ids.customer_id
            order by spelled.seen_at desc nulls last, spelled.record_id asc
        ) as recency_rank
    from spelled
    inner join customer_ids on spelled.record_id = customer_ids.record_id
    where
        spelled.family_key <> ''
        and spelled.house_number <> ''
        and spelled.place is not null
),

payers as (
    select
        customer_ids.customer_id,
        payments.card_fingerprint
    from payments
    inner join customer_ids on payments.record_id = customer_ids.record_id
    union
    select
        customer_ids.customer_id,
        payments.card_fingerprint
    from payments
    inner join identifiers on payments.email = identifiers.identifier_value
    inner join customer_ids on identifiers.record_id = customer_ids.record_id
),

signs as (
    -- Where one lived before makes no household: the newest address counts.
    select
        customer_id,
        'same name and address' as reason,
        sign
    from addresses
    where recency_rank = 1
    union all
    select
        customer_id,
        'same card' as reason,
        card_fingerprint as sign
    from payers
),

-- What many show is an office, a home for many or a company's card.
shared as (
    select
        reason,
        sign
    from signs
    group by reason, sign
    having count(*) between 2 and {{ var('max_household_size') }}
)

select
    signs.customer_id,
    customers.record_key,
    signs.reason,
    {{ sha256_hex('signs.sign') }} as sign_hash
from signs
inner join shared
    on signs.reason = shared.reason and signs.sign = shared.sign
inner join customers on signs.customer_id = customers.customer_id
