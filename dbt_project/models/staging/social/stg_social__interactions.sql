-- One row per interaction on a social network, as last delivered.
with
words as (
    select * from {{ ref('event_words') }}
    where source_name = 'social'
),

named as (
    select
        *,
        case lower(trim(network))
            when 'twitter' then 'x'
            else lower(trim(network))
        end as network_name,
        trim(both '@ ' from lower(handle)) as bare_handle,
        replace(lower(trim(interaction_type)), ' ', '_') as type_name
    from {{ source('raw_social', 'interactions') }}
),

keyed as (
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

interactions as (
    {{ current_rows('keyed', 'interaction_key') }}
)

select
    interactions.interaction_key,
    interactions.network_name as network,
    interactions.bare_handle as handle,
    coalesce(
        words.event_type,
        case when interactions.type_name like '%reaction' then 'reaction' end,
        interactions.type_name
    ) as interaction_type,
    interactions.interaction_id,
    interactions.post_id,
    interactions.url,
    interactions.text,
    {{ moment('interactions.occurred_at') }} as occurred_at,
    interactions._file_id,
    interactions._line,
    interactions._load_id
from interactions
left join words
    on {{ regex_replace("interactions.type_name", "[^a-z]", "") }} = words.word
