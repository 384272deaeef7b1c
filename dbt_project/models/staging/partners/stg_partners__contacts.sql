-- One row per contact a partner shared, as last shared.
with
addressed as (
    select
        *,
        case
            when email like '%@%' then {{ composed("lower(trim(email))") }}
        end as clear_email,
        -- The hash of nothing is nobody's.
        nullif(
            regexp_extract(
                lower(coalesce(email_sha256, email)), '^ *([0-9a-f]{64}) *$', 1
            ),
            {{ sha256_hex("''") }}
        ) as delivered_hash
    from {{ source('raw_partners', 'contacts') }}
),

hashed as (
    select
        *,
        coalesce({{ sha256_hex("clear_email") }}, nullif(delivered_hash, ''))
            as email_hash,
        lower(trim(partner)) as partner_key
    from addressed
),

keyed as (
    -- What is neither e-mail nor hash stays, each row for itself.
    select
        *,
        coalesce(email_hash, _file_id || ':' || cast(_line as string)) as contact_key
    from hashed
),

contacts as (
    {{ current_rows(
        'keyed', ['partner_key', 'contact_key'], changed_at='shared_at'
    ) }}
)

select
    trim(partner) as partner,
    clear_email as email,
    email_hash as email_sha256,
    first_name,
    last_name,
    country,
    consent_basis,
    {{ moment('shared_at') }} as shared_at,
    {{ moment('expires_at') }} as expires_at,
    _file_id,
    _line,
    _load_id
from contacts
