-- what is paid by card is counted in the shop's ledger, once
-- want:[["204.00", 5]]
select sum(net_amount), count(*) from marts.orders where order_id like '75%' or order_id like 'ch_75%'
---
-- joined by what it names, by its words, by person and amount one to one; three days are too long
-- want:[["ch_75a", "75001", "reference"], ["ch_75b", "75002", "reference"], ["ch_75c", "75003", "same person and amount"], ["ch_75d", "75004", "same person and amount"], ["ch_75e", null, null], ["ch_75f", "75001", "reference"], ["ch_75g", null, null]]
select payment_id, order_id, order_rule from marts.payments where payment_id like 'ch_75%' order by 1
---
-- declined is failed, reserved is pending: neither is money
-- want:[["failed", false, 1], ["paid", true, 5], ["pending", false, 1]]
select status_class, is_paid, count(*) from marts.payments where payment_id like 'ch_75%' group by all order by 1
---
-- all of them are payments of the shop's customer
-- want:[[1, 7]]
select count(distinct p.customer_id), count(*) from marts.payments p join identity.customer_ids c using (customer_id) where p.payment_id like 'ch_75%' and c.record_id = 'shop.customer:7501'
