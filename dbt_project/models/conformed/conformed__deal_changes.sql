-- One row per state of a deal that differs from the one before it.
with
given as (
    {{ given('deal_changes', at='changed_at') }}
)

select
    source_name,
    deal_id,
    changed_at,
    stage,
    state,
    owner_name,
    currency,
    deal_amount,
    probability_rate,
    expected_close_on,
    file_id,
    line
from given
