-- prices with tax: items 130 less 19.95 tax = 110.05, less 11 discount, and the parts add up
-- want:[["990001", "partly refunded", "110.05", "11.00", "5.95", "19.95", "124.95", "24.99"]]
select order_id, status_class, subtotal_amount, discount_amount, shipping_amount, tax_amount, total_amount, refund_amount from marts.orders where order_name = '#7401'
---
-- 99.05 of items are left of 124.95; a fifth of all went back: 99.05 * 0.8
-- want:[["79.24", "79.24"]]
select net_amount, reporting_net_amount from marts.orders where order_name = '#7401'
---
-- it has two lines of one file
-- want:[["990001", 1, "KET", 2, "100.00"], ["990001", 2, "STO", 1, "30.00"]]
select order_id, line_number, sku, item_count, line_amount from marts.order_lines where order_id = '990001' order by line_number
---
-- tax on top: net is the 100 of items, at 0.9
-- want:[["100.00", "8.00", "118.00", "100.00", "90.00"]]
select subtotal_amount, tax_amount, total_amount, net_amount, reporting_net_amount from marts.orders where order_name = '#7402'
---
-- a paid order that was cancelled and given back is no order; reserved and voided money neither
-- want:[["#7403", "cancelled", "0.00"], ["#7404", "pending", "0.00"], ["#7405", "cancelled", "0.00"]]
select order_name, status_class, net_amount from marts.orders where order_name in ('#7403', '#7404', '#7405') order by 1
---
-- of the API: shipping is what the total has more than the subtotal; a test earns nothing
-- want:[["#7406", "paid", "16.81", "4.00", "16.81"], ["#7407", "test", "16.81", "0.00", "0.00"]]
select order_name, status_class, subtotal_amount, shipping_amount, net_amount from marts.orders where order_name in ('#7406', '#7407') order by 1
---
-- the export of orders names its buyers by e-mail: a customer of the other export, or a guest
-- want:[["shopify.customer:8800001", 6], ["a guest", 1]]
select case when record_id like 'shopify.guest:%' then 'a guest' else record_id end, count(*) from marts.orders where source_name = 'shopify' and order_name like '#74%' and customer_id is not null group by 1 order by 2 desc
