-- two tents at 100, the lamp was taken out again; left alone for days
-- want:[["shop.customer:oc-1", true, true, 2, "200.00", "2026-06-28 10:00:00"]]
select i.record_id, has_open_cart, has_abandoned_cart, open_cart_item_count, open_cart_amount, open_cart_since_at from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:oc-1'
---
-- an order ends the cart even when it was cancelled since, but not one whose payment failed; nor is an emptied cart open; an order that only the browser tells of ends it too
-- want:[["shop.customer:oc-2", false, false, null], ["shop.customer:oc-3", true, true, "25.00"], ["shop.customer:oc-4", false, false, null], ["shop.customer:oc-6", false, false, null]]
select i.record_id, has_open_cart, has_abandoned_cart, open_cart_amount from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id in ('shop.customer:oc-2', 'shop.customer:oc-3', 'shop.customer:oc-4', 'shop.customer:oc-6') order by 1
---
-- two hours before the run a cart is open, and not yet left behind
-- want:[[true, false, 1]]
select has_open_cart, has_abandoned_cart, open_cart_item_count from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:oc-5'
---
-- krona have no rate: one piece of unknown value; what was put in after the order is the cart, 60 dollars at 0.9
-- want:[["shop.customer:oc-7", 1, null], ["shop.customer:oc-8", 1, "54.00"]]
select i.record_id, open_cart_item_count, open_cart_amount from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id in ('shop.customer:oc-7', 'shop.customer:oc-8') order by 1
---
-- how often something was put in does not change when it is taken out
-- want:[[2]]
select cart_add_count from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:oc-1'
