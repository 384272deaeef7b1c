-- tax on top; in the prices; a subtotal after discounts; both: items are without tax and before discounts
-- want:[["TX-1", "100.00", "90.00"], ["TX-2", "99.05", "99.05"], ["TX-3", "100.00", "90.00"], ["TX-4", "101.05", "91.05"]]
select order_id, subtotal_amount, net_amount from marts.orders where order_id like 'TX-%' and order_id <> 'TX-5' order by 1
---
-- a line that stands twice in its file is one, and as it was said last
-- want:[[1, "100.00"]]
select line_count, (select sum(line_amount) from marts.order_lines where order_id = 'TX-1') from marts.orders where order_id = 'TX-1'
---
-- what does not add up is listed; a blank beside a currency is none
-- want:[["TX-2", "lines are less than items", "99.05", "40.00"], ["TX-5", "parts do not add up to the total", "70.00", "50.00"]]
select order_id, problem, order_amount, other_amount from quality.order_problems where order_id like 'TX-%' order by 1
---
-- all of them are in one currency
-- want:[["EUR"]]
select distinct currency from marts.orders where order_id like 'TX-%'
