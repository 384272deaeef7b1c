-- One row per provider and taxonomy of third-party data.
with
traits as (
    select
        *,
        expires_at > cast({{ as_of() }} as timestamp) as is_living
    from {{ ref('conformed__third_party_traits') }}
)

select
    provider,
    taxonomy,
    cast(
        count(
            distinct case when is_living then coalesce(trait_id, trait_name) end
        ) as bigint
    ) as trait_count,
    cast(count_if(is_living) as bigint) as living_count,
    cast(count_if(not is_living) as bigint) as expired_count,
    min(case when is_living then expires_at end) as first_expires_at,
    max(collected_at) as last_collected_at
from traits
group by provider, taxonomy
