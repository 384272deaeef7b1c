-- each word has its class, in any spelling
-- want:[["ST-01", "paid"], ["ST-02", "paid"], ["ST-03", "pending"], ["ST-04", "pending"], ["ST-05", "cancelled"], ["ST-06", "cancelled"], ["ST-07", "cancelled"], ["ST-08", "failed"], ["ST-09", "failed"], ["ST-10", "failed"], ["ST-11", "draft"], ["ST-12", "test"], ["ST-13", "pending"], ["ST-14", "cancelled"], ["ST-15", "unmapped"]]
select order_id, status_class from marts.orders where order_id like 'ST-%' and order_id <> 'ST-90' order by order_id
---
-- only the paid ones earn; nothing else does
-- want:[[true, 3, "20.00"], [false, 13, "0.00"]]
select is_earning, count(*), sum(net_amount) from marts.orders where order_id like 'ST-%' group by 1 order by 1 desc
---
-- both spellings are cancelled, and a shop's own language
-- want:[[4]]
select count(*) from marts.orders where order_id like 'ST-%' and is_cancelled
---
-- the word that nobody knows is counted
-- want:[["orders.status", "teleported", 1]]
select field, value, row_count from quality.unmapped_values where source_name = 'shop' and value = 'teleported'
---
-- free orders and tests are marked
-- want:[["ST-12", true, false], ["ST-90", false, true]]
select order_id, is_test, is_zero_amount from marts.orders where order_id in ('ST-12', 'ST-90') order by order_id
