-- One row per pseudonymous id and trait that a provider ascribes to it.
with
given as (
    {{ given('third_party_traits', at='collected_at') }}
)

select
    source_name,
    trait_key,
    provider,
    cookie_id,
    device_id,
    email_sha256,
    taxonomy,
    trait_id,
    trait_name,
    confidence_rate,
    collected_at,
    expires_at,
    file_id,
    line
from given
