-- at 0.9: 100.746, of which 4.455 shipping and 6.30 tax; net 89.991
-- want:[["100.75", "4.46", "6.30", "89.99"]]
select reporting_total_amount, reporting_shipping_amount, reporting_tax_amount, reporting_net_amount from marts.orders where order_id = 'NR-1'
---
-- no rate for the krona of Iceland: all is unknown, nothing is 0
-- want:[["17903.00", null, null, null, "15000.00"]]
select total_amount, reporting_total_amount, reporting_tax_amount, reporting_net_amount, net_amount from marts.orders where order_id = 'NR-2'
---
-- 10.01 * 0.9 = 9.009, whatever the case of the currency
-- want:[["USD", "9.01"]]
select currency, reporting_total_amount from marts.orders where order_id = 'NR-3'
---
-- lines too
-- want:[["NR-1", "89.99"], ["NR-2", null]]
select order_id, reporting_line_amount from marts.order_lines where order_id like 'NR-%' order by order_id
---
-- the amount that could not be converted, and since when
-- want:[["ISK", "orders", 1, "17903.00", "2026-06-10", "2026-06-10"]]
select currency, concept, row_count, unconverted_amount, first_on, last_on from quality.missing_rates where currency = 'ISK' and source_name = 'shop'
