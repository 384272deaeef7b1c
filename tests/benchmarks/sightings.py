"""Raw identifiers of made-up people, about as many as asked for, dirt included."""

import duckdb

# Letters of a hash: the same number for the same words, another for each purpose.
_CHANCE = "create or replace temp macro chance(key, purpose, count) as"
_CHANCE += " (hash(key * 1000003 + purpose) % count)::bigint"

# Of ten records seven are browsers; a person has five records.
_RECORDS = """
create or replace temp table drawn as
with numbered as (
    select number, chance(number, 1, greatest({records} // 5, 1)) as person,
    chance(number, 2, 100) as draw
    from range({records}) as numbers (number)
)
select
    number,
    person,
    case when draw < 70 then 'web.visitor:' || md5('v' || number)
        when draw < 86 then 'shop.customer:' || person * 2 + chance(number, 3, 9) // 8
        else 'hubspot.contact:' || number end as record_id,
    draw >= 70 as has_name,
    draw < 70 as is_browser,
    timestamp '2024-01-01' + to_seconds(chance(number, 4, 60000000)) as seen_at
from numbered
"""

_SIGHTINGS = """
create or replace table identity.int_identity__sightings as
with identified as (
    select *, 'shop_customer_id' as identifier_kind,
    case
        when chance(number, 10, 4000) = 0 then 'undefined'
        when is_browser then (person * 2 + chance(number, 3, 9) // 8)::varchar
        else split_part(record_id, ':', 2)
    end as raw_value
    from drawn
    where record_id like 'shop.%' or (is_browser and chance(number, 11, 100) < 40)
    union all
    select *, 'hubspot_contact_id', split_part(record_id, ':', 2)
    from drawn where record_id like 'hubspot.%'
    union all
    select *, 'anonymous_id', split_part(record_id, ':', 2) from drawn where is_browser
    union all
    select *, 'email', case
        when chance(number, 20, 300) = 0
            then 'info@company' || chance(number, 21, 5000) || '.de'
        when chance(number, 20, 300) = 1 then 'n/a'
        when chance(number, 20, 300) = 2 then 'till@shop.de'
        when chance(number, 22, 10) = 0 then ' P' || person || '@GMX.de'
        when chance(number, 23, 10) < 8 then 'p' || person || '@gmx.de'
        else 'p' || person || '@work' || chance(number, 25, 2) || '.de'
    end
    from drawn where chance(number, 24, 100) < case when has_name then 95 else 15 end
    union all
    select *, 'phone', case
        when chance(number, 30, 300) = 0 then '0000000'
        when chance(person, 31, 100) < 8 then '030 ' || (1000000 + person // 2)
        else '+49151' || (10000000 + person)
    end
    from drawn where has_name and chance(number, 32, 2) = 0
    union all
    -- A till, a kiosk: one browser, many people.
    select * replace ('web.visitor:kiosk' || chance(number, 40, 20) as record_id),
    'shop_customer_id', (person * 2)::varchar
    from drawn where chance(number, 41, 5000) = 0
)
select
    record_id,
    identifier_kind,
    raw_value,
    case when has_name then 'Name' || chance(person, 50, 300) end as first_name,
    case when has_name then 'Family' || chance(person // 2, 51, 20000) end as last_name,
    case when has_name then 'DE' end as country_code,
    seen_at,
    seen_at + interval 3 days as last_seen_at,
    'file' || number // 1000000 as file_id,
    number as line
from identified
"""

# A star an identifier, to its smallest record; what more than twelve share is nobody's.
_PAIRS = """
create or replace table {table} as
with sightings as (
    select * from identity.int_identity__sightings
),
record_keys as (
    select record_id, row_number() over (order by record_id) as record_key
    from (select distinct record_id from sightings)
),
held as (
    select record_key, min(record_key) over same as first_key,
    count(*) over same as holder_count
    from sightings inner join record_keys using (record_id)
    where identifier_kind <> 'phone'
    window same as (partition by identifier_kind, lower(trim(raw_value)))
)
select first_key as record_key_a, record_key as record_key_b
from held where holder_count <= 12 and first_key <> record_key
union all
select record_key, record_key from record_keys
"""


def fill(connection: duckdb.DuckDBPyConnection, rows: int) -> None:
    """Make `identity.int_identity__sightings` of about so many rows."""
    connection.execute("create schema if not exists identity")
    connection.execute(_CHANCE)
    connection.execute(_RECORDS.format(records=max(rows * 55 // 100, 1)))
    connection.execute(_SIGHTINGS)


def pair(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Make the pairs of records that share an identifier, and of each with itself."""
    connection.execute(_PAIRS.format(table=table))
