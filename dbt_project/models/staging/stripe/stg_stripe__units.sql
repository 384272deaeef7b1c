-- One row per currency that Stripe counts in units other than hundredths.
with
minor_units as (
    select * from {{ ref('minor_units') }}
)

-- Of ISO 4217, but for a few that Stripe keeps as they once were. So count Stripe's own
-- tables and its API; the exports of the dashboard give whole amounts.
select
    currency_code as currency,
    minor_unit
from minor_units
where currency_code not in ('ISK', 'UGX')
union all
select
    'MGA' as currency,
    1 as minor_unit
