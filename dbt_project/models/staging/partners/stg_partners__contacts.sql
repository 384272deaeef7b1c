-- One row per contact a partner shared, as last shared.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

contacts as (
    select * from {{ source('raw_partners', 'contacts') }}
),

addressed as (
    select
        contacts.*,
        files.path,
        case
            when contacts.email like '%@%'
                then {{ composed("lower(trim(contacts.email))") }}
        end as clear_email,
        -- The hash of nothing is nobody's.
        nullif(
            regexp_extract(
                lower(coalesce(contacts.email_sha256, contacts.email)),
                '^ *([0-9a-f]{64}) *$',
                1
            ),
            {{ sha256_hex("''") }}
        ) as delivered_hash
    from contacts
    inner join files
        on contacts._file_id = files.file_id and contacts._load_id = files.load_id
),

hashed as (
    select
        *,
        coalesce({{ sha256_hex("clear_email") }}, nullif(delivered_hash, ''))
            as email_hash
    from addressed
),

keyed as (
    -- What is neither e-mail nor hash stays, each row for itself.
    select
        *,
        coalesce(email_hash, _file_id || ':' || cast(_line as string)) as contact_key
    from hashed
),

delivered as (
    select
        *,
        row_number() over (
            partition by lower(trim(partner)), contact_key
            order by
                try_cast(shared_at as timestamp) desc nulls last,
                path desc,
                _line desc
        ) as version_rank
    from keyed
)

select
    trim(partner) as partner,
    clear_email as email,
    email_hash as email_sha256,
    first_name,
    last_name,
    country,
    consent_basis,
    try_cast(shared_at as timestamp) as shared_at,
    try_cast(expires_at as timestamp) as expires_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
