-- an order that got another name is one order, with the lines of its last state; an export without the Id says nothing of a second one; two stores may give one name to two orders
-- want:[["7770001", "BRINK-7701", "paid", 4, "45.00"], ["7770002", "#MN-7702", "paid", 1, "20.00"], ["7770003", "#MN-7702", "paid", 1, "70.00"]]
select order_id, order_name, status_class, item_count, total_amount from marts.orders where order_id like '777000_' order by 1
---
-- each has its own buyer
-- want:[["7770001", 2], ["7770002", 2], ["7770003", 1]]
select order_id, order_count from marts.orders join marts.customers using (customer_id) where order_id like '777000_' order by 1
---
-- and its own lines
-- want:[["7770001", "MN-MUG", 4], ["7770002", "MN-KET", 1], ["7770003", "MN-STO", 1]]
select order_id, sku, item_count from marts.order_lines where order_id like '777000_' order by 1
