-- One row per customer with a subscription: how many, and what they bring a month.
with
subscriptions as (
    select * from {{ ref('subscriptions') }}
    where customer_id is not null and not is_test
)

select
    customer_id,
    count(*) as subscription_count,
    count_if(is_recurring) as active_subscription_count,
    -- One amount without a rate leaves the sum unknown.
    case
        when
            count_if(
                is_recurring
                and monthly_amount is not null
                and reporting_monthly_amount is null
            ) = 0
            then sum(case
                when is_recurring then coalesce(reporting_monthly_amount, 0) else 0
            end)
    end as monthly_recurring_amount,
    min(started_at) as first_subscribed_at
from subscriptions
group by customer_id
