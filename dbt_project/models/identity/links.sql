-- One row per pair of records judged the same human, and identifier that says so.
with
identifiers as (
    select * from {{ ref('identifiers') }}
),

records as (
    select * from {{ ref('records') }}
),

usable as (
    select identifiers.*
    from identifiers
    inner join records on identifiers.record_id = records.record_id
    where identifiers.status = 'used'
),

-- Each identifier ties its records to the smallest of them: a star, not every pair.
stars as (
    select
        identifier_kind,
        link_key,
        min(record_id) as hub_record_id
    from usable
    group by identifier_kind, link_key
    having count(*) > 1
)

select
    stars.hub_record_id as record_id_a,
    usable.record_id as record_id_b,
    usable.identifier_kind,
    usable.identifier_hash,
    case usable.identifier_kind
        when 'email' then 'same e-mail'
        when 'phone' then 'same phone and name'
        when 'shop_customer_id' then 'signed in to the same shop account'
        when 'hubspot_contact_id' then 'merged in the CRM'
    end as reason,
    cast(1 as double) as score,
    usable.first_seen_at as seen_at
from usable
inner join stars
    on
        usable.identifier_kind = stars.identifier_kind
        and usable.link_key = stars.link_key
where usable.record_id <> stars.hub_record_id
