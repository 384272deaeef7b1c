-- One row per pseudonymous id and segment a provider ascribes to it, as last collected.
with
typed as (
    select
        *,
        -- An e-mail in the clear goes no further than the raw table.
        case
            when hashed_email like '%@%'
                then {{ sha256_hex(composed("lower(trim(hashed_email))")) }}
            else lower(trim(hashed_email))
        end as email_hash,
        try_cast(confidence as decimal(18, 4)) as confidence_value
    from {{ source('raw_audience_data', 'members') }}
),

keyed as (
    select
        *,
        md5(
            lower(trim(provider)) || '|' || coalesce(taxonomy, '')
            || '|' || coalesce(segment_id, lower(trim(segment_name)))
            || '|' || coalesce(cookie_id, '') || '|' || coalesce(device_id, '')
            || '|' || coalesce(email_hash, '')
        ) as member_key
    from typed
),

members as (
    {{ current_rows('keyed', 'member_key', changed_at='collected_at') }}
)

select
    member_key,
    provider,
    cookie_id,
    device_id,
    email_hash as email_sha256,
    taxonomy,
    segment_id,
    segment_name,
    cast(
        case
            when confidence_value > 1 then confidence_value * 0.01
            else confidence_value
        end as decimal(18, 4)
    ) as confidence_rate,
    {{ moment('collected_at') }} as collected_at,
    {{ moment('collected_at') }}
    + interval '{{ var("third_party_expiry_days") }}' day as expires_at,
    _file_id,
    _line,
    _load_id
from members
