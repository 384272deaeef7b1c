-- One row per source and kind of record that was delivered, with its rule.
with
records as (
    select distinct
        source_name,
        record_type
    from {{ ref('records') }}
),

rules as (
    select * from {{ ref('record_types') }}
)

-- A kind without a rule has no label; a test names it and ends the night.
select
    records.source_name as record_source,
    records.record_type,
    coalesce(own.label, general.label) as label,
    coalesce(own.weight, general.weight) as weight,
    coalesce(own.trust, general.trust) as trust,
    coalesce(own.is_person, general.is_person) as is_person,
    coalesce(own.is_contact, general.is_contact) as is_contact,
    coalesce(own.is_shop_account, general.is_shop_account) as is_shop_account,
    coalesce(own.has_own_id, general.has_own_id) as has_own_id
from records
left join rules as own
    on
        records.source_name = own.record_source
        and records.record_type = own.record_type
left join rules as general
    on general.record_source = 'any' and records.record_type = general.record_type
