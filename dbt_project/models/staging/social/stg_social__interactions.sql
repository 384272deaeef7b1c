-- One row per interaction on a social network, as last delivered.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

interactions as (
    select * from {{ source('raw_social', 'interactions') }}
),

named as (
    select
        interactions.*,
        files.path,
        case lower(trim(interactions.network))
            when 'twitter' then 'x'
            else lower(trim(interactions.network))
        end as network_name,
        trim(both '@ ' from lower(interactions.handle)) as bare_handle,
        replace(lower(trim(interactions.interaction_type)), ' ', '_') as type_name
    from interactions
    inner join files
        on
            interactions._file_id = files.file_id
            and interactions._load_id = files.load_id
),

identified as (
    select
        *,
        md5(coalesce(
            network_name || '|' || interaction_id,
            network_name || '|' || bare_handle || '|' || type_name
            || '|' || occurred_at || '|' || coalesce(post_id, coalesce(url, ''))
            || '|' || coalesce(text, '')
        )) as interaction_key
    from named
),

delivered as (
    select
        *,
        row_number() over (
            partition by interaction_key
            order by path desc, _line desc
        ) as version_rank
    from identified
)

select
    interaction_key,
    network_name as network,
    bare_handle as handle,
    type_name as interaction_type,
    interaction_id,
    post_id,
    url,
    text,
    try_cast(occurred_at as timestamp) as occurred_at,
    _file_id,
    _line,
    _load_id
from delivered
where version_rank = 1
