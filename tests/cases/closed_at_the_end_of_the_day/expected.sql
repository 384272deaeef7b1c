-- closed at nine in the evening of the last of March, which is April in Greenwich (fivetran/dbt_hubspot #101)
-- want:[["96001", 1]]
select deal_id, days_to_close from marts.deals where deal_id = '96001'
---
-- a date without a time is the CRM's day and moves in no time zone: entered on the 10th at ten in the evening, closed on the 12th (mozilla/donate.mozilla.org #1846)
-- want:[["006DY00000000001AA", 2, null], ["006DY00000000002AA", null, "2026-07-15"]]
select deal_id, days_to_close, case when is_open then expected_close_on end from marts.deals where deal_id like '006DY%' order by 1
---
-- a sale, its payment, a refund and a subscription fall on the evening's day (fivetran/dbt_stripe #12)
-- want:[["2026-06-30", "2026-06-30", "2026-06-12", "2026-04-30", "2026-05-31"]]
select o.ordered_on, p.paid_on, r.refunded_on, s.started_on, s.ended_on from marts.orders o, marts.payments p, marts.refunds r, marts.subscriptions s where o.order_id = 'DY-1' and p.payment_id = 'ch_dy1' and r.refund_id = 'DY-R1' and s.subscription_id = 'sub_dy1'
---
-- one order by card, joined to what it pays; the refunded one earned nothing; 21 days between the two
-- want:[["DY-1", "reference"]]
select order_id, order_rule from marts.payments where payment_id = 'ch_dy1'
---
-- 20 dollars at 0.9 are left
-- want:[[2, "45.00", "27.00", "18.00", "21.0", 1]]
select order_count, revenue_amount, refund_amount, net_revenue_amount, days_between_orders, days_since_last_order from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:DY-1'
