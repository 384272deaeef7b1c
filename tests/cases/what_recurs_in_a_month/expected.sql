-- a year that will not be renewed runs on, a trial earns nothing yet, a late payment still recurs (polarsource/polar #4318, #5337, #10725; KeeperHub #2068); of six months a sixth, of two weeks 26 twelfths: 10 * 26 / 12
-- want:[["sub_mr01", "active", true, true, "20.00"], ["sub_mr02", "trial", false, false, "15.00"], ["sub_mr03", "past due", true, false, "12.00"], ["sub_mr04", "active", true, false, "30.00"], ["sub_mr05", "active", true, false, "21.67"], ["sub_mr06", "cancelled", false, false, "15.00"]]
select subscription_id, state, is_recurring, is_cancelled_at_period_end, monthly_amount from marts.subscriptions where subscription_id between 'sub_mr01' and 'sub_mr06' order by 1
---
-- test mode and a first payment that never came recur for nobody; a free plan recurs with nothing; francs at 1.05
-- want:[["sub_mr07", false, "99.00"], ["sub_mr08", false, "99.00"], ["sub_mr09", true, "0.00"], ["sub_mr10", true, "105.00"]]
select subscription_id, is_recurring, reporting_monthly_amount from marts.subscriptions where subscription_id between 'sub_mr07' and 'sub_mr10' order by 1
---
-- what the customers pay a month: 20 + 12, and 30 + 21.67 + 0 + 105
-- want:[["stripe.customer:cus_mr1", 2, "32.00"], ["stripe.customer:cus_mr2", 4, "156.67"]]
select i.record_id, active_subscription_count, monthly_recurring_amount from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id in ('stripe.customer:cus_mr1', 'stripe.customer:cus_mr2') order by 1
