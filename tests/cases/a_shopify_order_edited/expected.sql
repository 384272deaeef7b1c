-- the stove was taken off the order: the export of the next day counts, with the lines it has, whatever the files are called (lightward/mechanic-tasks #7, bold-commerce/go-shopify #299)
-- want:[["8880001", "FEN-KET", 2, "100.00"], ["8880002", "FEN-MUG", 1, "20.00"]]
select order_id, sku, item_count, line_amount from marts.order_lines where sku like 'FEN-%' order by 1, 2
---
-- 100 of items and 10 of shipping; 10 went back, of items and shipping in the proportion 100 : 10
-- want:[["#8801", "partly refunded", 1, 2, "110.00", "10.00", "90.91", "104.55"]]
select order_name, status_class, line_count, item_count, total_amount, refund_amount, net_amount, reporting_net_amount from marts.orders where order_name = '#8801'
---
-- a payment that was reserved and expired is no revenue
-- want:[["failed", false, "0.00"]]
select status_class, is_earning, net_amount from marts.orders where order_name = '#8802'
---
-- the night before all of it was ordered, and two pieces more
-- want:[[2, 3, "160.00", "150.00"]]
/*night 2026-06-24*/ select line_count, item_count, total_amount, net_amount from marts.orders where order_name = '#8801'
---
-- what the customer earned in euros, at 1.15: 110, and 100 less the items of the refund
-- want:[[1, "126.50", "11.50", "104.55"]]
select order_count, revenue_amount, refund_amount, net_revenue_amount from marts.customers where customer_id = (select customer_id from marts.orders where order_name = '#8801')
