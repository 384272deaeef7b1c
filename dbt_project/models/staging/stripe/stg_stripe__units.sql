-- One row per currency: what Stripe's own tables and its API count amounts in.
with
minor_units as (
    select * from {{ ref('minor_units') }}
)

-- Of ISO 4217, but for a few that Stripe keeps as they once were. The exports of the
-- dashboard give whole amounts.
select
    currency_code as currency,
    case currency_code
        when 'ISK' then 0.01
        when 'UGX' then 0.01
        when 'MGA' then 1
        else minor_unit
    end as minor_unit
from minor_units
