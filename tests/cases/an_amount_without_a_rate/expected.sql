-- lei have no rate: the sum of both orders is unknown, their number is not
-- want:[[2, null, null, null]]
select order_count, revenue_amount, average_order_amount, net_revenue_amount from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:nr-1'
---
-- an unknown refund leaves the gross known and the net not; a cancelled order needs no rate
-- want:[[1, "30.00", "30.00", null, null]]
select order_count, revenue_amount, average_order_amount, refund_amount, net_revenue_amount from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:nr-2'
---
-- the timeline shows the lei, and no euros
-- want:[["AWR-1", "80.00", "80.00"], ["AWR-2", "9000.00", null]]
select subject, amount, reporting_amount from marts.timeline where event_id in ('order:AWR-1', 'order:AWR-2') order by 1
