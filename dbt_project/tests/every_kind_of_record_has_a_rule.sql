-- A kind of record that was delivered has a line in seeds/record_types.csv.
select
    record_source || '.' || record_type as record_kind,
    'seeds/record_types.csv' as expected_in
from {{ ref('record_kinds') }}
where label is null
