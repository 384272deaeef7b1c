-- One row per entry of a list of people.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

people as (
    select * from {{ source('raw_lists', 'people') }}
),

listed as (
    select
        people.*,
        -- The file's name without folder and endings.
        regexp_extract(files.path, '([^/]*?)([.][a-z0-9]+([.](gz|bz2|zst|zip))?)?$', 1)
            as list_name,
        regexp_extract(
            lower(coalesce(people.email_sha256, people.email)),
            '^ *([0-9a-f]{64}) *$',
            1
        ) as delivered_hash,
        count(*) over (
            partition by people._file_id, trim(people.entry_id)
        ) as entry_count
    from people
    inner join files
        on people._file_id = files.file_id and people._load_id = files.load_id
)

select
    list_name,
    -- An id that stands in two lines names neither: then it is the line's number.
    list_name || '/' || case
        -- Record ids are published: a list kept by e-mail gives its hash.
        when entry_count = 1 and entry_id like '%@%'
            then {{ sha256_hex("lower(trim(entry_id))") }}
        when entry_count = 1 and trim(entry_id) <> '' then trim(entry_id)
        else cast(_line as string)
    end as person_key,
    trim(first_name) as first_name,
    trim(last_name) as last_name,
    trim(full_name) as full_name,
    trim(birth_date) as birth_date,
    case when email like '%@%' then lower(trim(email)) end as email,
    nullif(nullif(delivered_hash, ''), {{ sha256_hex("''") }}) as email_sha256,
    trim(phone) as phone,
    nullif(
        trim(coalesce(trim(street_number), '') || ' ' || coalesce(trim(street), '')), ''
    ) as street,
    trim(street_2) as street_2,
    trim(city) as city,
    trim(postal_code) as postal_code,
    trim(state) as state,
    trim(country) as country,
    trim(national_id) as national_id,
    trim(loyalty_number) as loyalty_number,
    trim(company_name) as company_name,
    _file_id,
    _line,
    _load_id
from listed
