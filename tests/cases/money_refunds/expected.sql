-- a partial refund written as a negative, split in the proportion 90 : 6 : 19 of its order
-- want:[["RF-1", "partly refunded", "115.00", "23.00", "72.00"]]
select order_id, status_class, total_amount, refund_amount, net_amount from marts.orders where order_id = 'RF-1'
---
-- its parts: 23 * 90/115, 6/115, 19/115
-- want:[["23.00", "18.00", "1.20", "3.80"]]
select refund_amount, items_amount, shipping_amount, tax_amount from marts.refunds where refund_id = 'RR-1'
---
-- all of CHF 200 went back: nothing is earned; at 1.05 it was 210 EUR, and so was the refund
-- want:[["210.00", "210.00", "0.00", "0.00"]]
select reporting_total_amount, reporting_refund_amount, net_amount, reporting_net_amount from marts.orders where order_id = 'RF-2'
---
-- only set to refunded: all of it went back when the order last changed, tax and shipping too
-- want:[["65.00", "0.00", "2026-06-12"]]
select o.refund_amount, o.net_amount, r.refunded_on from marts.orders o join marts.refunds r using (order_id) where order_id = 'RF-3'
---
-- two refunds beyond the total are shown as they are, and listed
-- want:[["24.00", "-4.00", 2, "refunded beyond its total", "20.00", "24.00"]]
select o.refund_amount, o.net_amount, o.refund_count, p.problem, p.order_amount, p.other_amount from marts.orders o join quality.order_problems p using (order_id) where order_id = 'RF-4'
---
-- a refund in forints, for which no rate is known: what is left is unknown, what came is not
-- want:[[null, null, null, "40.00"]]
select refund_amount, reporting_refund_amount, reporting_net_amount, reporting_total_amount from marts.orders where order_id = 'RF-5'
---
-- and a refund without a rate is counted by its currency
-- want:[["HUF", 1, "4000.00", "2026-06-12"]]
select currency, row_count, unconverted_amount, first_on from quality.missing_rates where concept = 'refunds' and currency = 'HUF' and source_name = 'shop'
---
-- a cancelled order earns nothing, so its refund takes nothing away
-- want:[["0.00", false]]
select o.net_amount, r.is_counted from marts.orders o join marts.refunds r using (order_id) where order_id = 'RF-6'
---
-- 6.67 dollars in yen are 6.67 * 0.9 / 0.006
-- want:[["1000.50", "6.00", "0.00"]]
select refund_amount, reporting_refund_amount, reporting_net_amount from marts.orders where order_id = 'RF-7'
---
-- the order of a refund was never delivered
-- want:[["refunded, but never delivered", null, "6.00"]]
select problem, order_amount, other_amount from quality.order_problems where order_id = 'RF-none'
---
-- what customers got back of orders that earn: Lotte 23 + 210 + 65
-- want:[["298.00"]]
select sum(r.reporting_refund_amount) from marts.refunds r join identity.customer_ids c using (customer_id) where r.is_counted and c.record_id = 'shop.customer:7101'
