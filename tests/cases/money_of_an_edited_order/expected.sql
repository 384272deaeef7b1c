-- the order has the lines of its last delivery, whatever the file's name
-- want:[["ED-1", 3, "C", "70.00"]]
select order_id, line_number, sku, line_amount from marts.order_lines where order_id = 'ED-1'
---
-- what was withdrawn is in no total and no count
-- want:[["70.00", 1, 2, "0.00"]]
select total_amount, line_count, item_count, refund_amount from marts.orders where order_id = 'ED-1'
---
-- a refund of the day after waits for its night, and is counted
-- want:[["refunds", 1, "2026-06-27 10:00:00"]]
select concept, row_count, first_at from quality.future_facts where source_name = 'shop'
