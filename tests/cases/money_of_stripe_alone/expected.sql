-- without a shop each purchase is an order: in minor units of 2, 0 and 3 decimals, and Stripe's own
-- want:[["ch_761", "paid", "EUR", "74.90"], ["ch_762", "paid", "JPY", "12000.00"], ["ch_763", "paid", "KWD", "12.35"], ["ch_764", "paid", "ISK", "5.00"], ["ch_766", "paid", "EUR", "20.00"], ["ch_767", "pending", "EUR", "99.00"], ["ch_768", "test", "EUR", "99.00"], ["ch_769", "paid", "MGA", "5000.00"]]
select order_id, status_class, currency, total_amount from marts.orders where order_id < 'ch_77' order by 1
---
-- reserved money and test mode earn nothing; 24.90 went back, 9.90 of it without a row of its own
-- want:[["ch_761", "24.90", 2, "50.00"], ["ch_766", "0.00", 0, "20.00"], ["ch_767", "0.00", 0, "0.00"], ["ch_768", "0.00", 0, "0.00"]]
select order_id, refund_amount, refund_count, reporting_net_amount from marts.orders where currency = 'EUR' and order_id < 'ch_77' order by 1
---
-- a refund that failed and one that waits are not final
-- want:[["re_761", true], ["re_762", false], ["re_763", false]]
select refund_id, is_final from marts.refunds where refund_id like 're_%' order by 1
---
-- a payment is its own order; the attempt that failed pays none
-- want:[["itself", 12], [null, 1]]
select order_rule, count(*) from marts.payments group by 1 order by 2 desc
---
-- who is not in the export of customers is known by what was charged
-- want:[["stripe.customer", 11], ["stripe.guest", 1]]
select split_part(record_id, ':', 1), count(*) from marts.orders where customer_id is not null group by 1 order by 1
---
-- a month's share: two seats, a twelfth of a year, a third of a quarter, 12 * 52 / 12 of a week
-- want:[["sub_761", "active", true, "19.80", "19.80"], ["sub_762", "past due", true, "10.00", "9.00"], ["sub_763", "trial", false, "10.00", "10.00"], ["sub_764", "paused", false, "52.00", "52.00"], ["sub_765", "cancelled", false, "9.90", "9.90"], ["sub_766", "unmapped", false, null, null]]
select subscription_id, state, is_recurring, monthly_amount, reporting_monthly_amount from marts.subscriptions order by 1
---
-- what Stripe has not been heard to say is a class of its own, and counted
-- want:[["subscriptions.billing_interval", "fortnight", 1], ["subscriptions.status", "hibernating", 1]]
select field, value, row_count from quality.unmapped_values where source_name = 'stripe' order by 1
---
-- three currencies have no rate
-- want:[["ISK", "orders", 1], ["ISK", "payments", 1], ["KWD", "orders", 1], ["KWD", "payments", 1], ["MGA", "orders", 1], ["MGA", "payments", 1]]
select currency, concept, row_count from quality.missing_rates order by 1, 2
---
-- what a bank took back for good is a refund of that day; what is disputed still, and what was won, is earned (woocommerce-payments #526)
-- want:[["ch_771", "refunded", "80.00", "0.00"], ["ch_772", "paid", "60.00", "0.00"], ["ch_773", "paid", "0.00", "40.00"], ["ch_774", "paid", "0.00", "30.00"]]
select order_id, status_class, refund_amount, reporting_net_amount from marts.orders where order_id >= 'ch_77' order by 1
---
-- on the day of the dispute, with its reason
-- want:[["ch_771:disputed", "80.0000", "2026-06-14", "dispute lost"], ["ch_772:disputed", "50.0000", "2026-06-14", "dispute lost"], ["ch_772:refunded", "10.0000", "2026-06-04", null]]
/*warehouse*/ select refund_id, refund_amount, cast(refunded_at as date), reason from conformed.refunds where order_id >= 'ch_77' order by 1
