-- a table of Stripe Sigma: amounts in minor units of none, two and three decimals (PostHog #31724: 1089 is 10.89 dollars, but 1089 yen); a twelfth of 12000 yen, twice 49 euros, a third of 30 dinars
-- want:[["sub_sg01", "JPY", "1000.00", "6.00"], ["sub_sg02", "EUR", "98.00", "98.00"], ["sub_sg03", "KWD", "10.00", null]]
select subscription_id, currency, monthly_amount, reporting_monthly_amount from marts.subscriptions where subscription_id like 'sub_sg0_' order by 1
