-- One row per pseudonymous id and segment a provider ascribes to it, as last collected.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

members as (
    select * from {{ source('raw_audience_data', 'members') }}
),

typed as (
    select
        members.*,
        files.path,
        -- An e-mail in the clear goes no further than the raw table.
        case
            when members.hashed_email like '%@%'
                then {{ sha256_hex(composed("lower(trim(members.hashed_email))")) }}
            else lower(trim(members.hashed_email))
        end as email_hash,
        try_cast(members.confidence as decimal(18, 4)) as confidence_value,
        try_cast(members.collected_at as timestamp) as seen_at
    from members
    inner join files
        on members._file_id = files.file_id and members._load_id = files.load_id
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

delivered as (
    select
        *,
        row_number() over (
            partition by member_key
            order by seen_at desc nulls last, path desc, _line desc
        ) as version_rank
    from keyed
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
    seen_at as collected_at,
    seen_at + interval '{{ var("third_party_expiry_days", 120) }}' day as expires_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
