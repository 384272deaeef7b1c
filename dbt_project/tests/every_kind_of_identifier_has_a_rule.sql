-- A kind of identifier that a record was seen with has a line in identifier_rules.csv.
{{ config(meta={'dagster': {'ref': {'name': 'int_identity__sightings'}}}) }}
select distinct
    sightings.identifier_kind,
    'seeds/identifier_rules.csv' as expected_in
from {{ ref('int_identity__sightings') }} as sightings
left join {{ ref('int_identity__identifier_rules') }} as rules
    on sightings.identifier_kind = rules.identifier_kind
where rules.identifier_kind is null
