-- half past eleven at night in New York is that day, in summer time and in winter time
-- want:[["NY-1", "2026-06-30"], ["NY-2", "2026-03-07"], ["NY-3", "2026-07-01"]]
select order_id, ordered_on from marts.orders where order_id like 'NY-%' order by 1
---
-- days since count such days too, and what happens after the day of the run is left to the next night
-- want:[["shop.customer:ny-1", 1, 1], ["shop.customer:ny-2", 0, 2], ["shop.customer:ny-3", null, 0]]
select i.record_id, c.days_since_last_order, c.order_count from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id like 'shop.customer:ny-%' order by 1
