-- gross of the three orders that earn: 112.10 + 50 USD at 0.9 + 40; each part of it is a column of its own
-- want:[[3, 1, 1, "197.10", "185.00", "10.00", "5.00", "17.10"]]
select order_count, cancelled_order_count, failed_order_count, revenue_amount, items_amount, discount_amount, shipping_amount, tax_amount from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:w-1'
---
-- what went back of a cancelled order is none of it: 20 USD of W-2; net is items less discount less refund
-- want:[[1, "18.00", "157.00"]]
select refund_count, refund_amount, net_revenue_amount from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:w-1'
---
-- 197.10 over three orders; 90 days in two spans; the last that earns is W-5, 32 days before July
-- want:[["65.70", "45.0", "40.00", 32, "2026-03-01 10:00:00", "2026-05-30 10:00:00"]]
select average_order_amount, days_between_orders, last_order_amount, days_since_last_order, first_order_at, last_order_at from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:w-1'
---
-- pieces of orders that earn: one tent, five mugs, two tents; nobody buys cancelled boats
-- want:[[8, 2, "Kitchen", "Tin mug"]]
select item_count, product_count, favourite_category, favourite_product_name from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:w-1'
---
-- without orders there is nothing to add up, and nothing to take the average of
-- want:[[0, "0.00", "0.00", "0.00", null, null]]
select order_count, revenue_amount, refund_amount, net_revenue_amount, average_order_amount, days_since_last_order from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:w-2'
---
-- the timeline tells of every order and refund, a refund as money that leaves
-- want:[["order:W-1", "112.10", "112.10"], ["order:W-2", "50.00", "45.00"], ["order:W-3", "500.00", "500.00"], ["refund:W-R2", "-500.00", "-500.00"], ["refund:W-R1", "-20.00", "-18.00"], ["order:W-5", "40.00", "40.00"], ["order:W-4", "300.00", "300.00"]]
select event_id, amount, reporting_amount from marts.timeline where source_name = 'shop' and subject like 'W-%' order by occurred_at
