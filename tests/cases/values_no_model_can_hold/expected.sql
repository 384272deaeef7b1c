-- what no model can hold is set aside, with the column and the reason
-- want:[["google_ads.campaigns", 6, "impressions is beyond 2,147,483,647"], ["hubspot.deals", 3, "amount is beyond 999,999,999,999.99"], ["hubspot.deals", 5, "deal_id is beyond 9,223,372,036,854,775,807"], ["shop.customers", 5, "created_at is outside the years 1000 to 9999"], ["shop.order_lines", 3, "quantity is beyond 2,147,483,647"], ["shop.order_lines", 4, "line_number is beyond 2,147,483,647"], ["shop.orders", 4, "subtotal is beyond 999,999,999,999.99"], ["shop.orders", 5, "subtotal is beyond 999,999,999,999.99"], ["shop.orders", 6, "subtotal is not a number"], ["shop.orders", 8, "ordered_at is outside the years 1000 to 9999"], ["shop.orders", 9, "ordered_at is outside the years 1000 to 9999"], ["shop.orders", 12, "subtotal is beyond 999,999,999,999.99"], ["shop.orders", 13, "ordered_at is outside the years 1000 to 9999"], ["shop.orders", 15, "subtotal is not a number"], ["shop.orders", 16, "ordered_at is outside the years 1000 to 9999"], ["shop.refunds", 5, "refunded_at is outside the years 1000 to 9999"], ["shopify.orders", 3, "created_at is not a time like 2026-01-31 14"], ["stripe.subscriptions", 3, "amount is beyond 999,999,999,999.99"], ["web_events.events", 6, "occurred_at is outside the years 1000 to 9999"]]
select source_name || '.' || table_name, line_number, split_part(error, ':', 1) from quality.quarantine where path like '%odd.csv' or path like '%odd.jsonl' order by all
---
-- amounts under a trillion count, minus nothing is nothing, and the year 9999 is left to its night
-- want:[["ODD-01", "999999999999.99", "1999999999999.98"], ["ODD-02", "999999999999.99", "0.00"], ["ODD-06", "0.00", "0.00"], ["ODD-10", "5.00", "0.00"], ["ODD-13", "-999999999999.99", "0.00"]]
select order_id, reporting_total_amount, refund_amount from marts.orders where order_id like 'ODD-%' order by order_id
---
-- sums of them are sums: two trillions less one cent each, one taken back, five; two refunded
-- want:[[5, "1000000000004.99", "1999999999999.98", "-999999999994.99"]]
select order_count, revenue_amount, refund_amount, net_revenue_amount from marts.customers inner join identity.customer_ids using (customer_id) where record_id = 'shop.customer:odd-1'
---
-- pieces times a price may be more than an amount can be: null, never a night less
-- want:[["KW-ODD", null]]
select sku, line_amount from marts.order_lines where sku = 'KW-ODD'
---
-- and so may seats times a fee
-- want:[["sub_odd1", null]]
select subscription_id, monthly_amount from marts.subscriptions where product_name = 'Odd Club'
---
-- what became null of a number or a time is listed by its field
-- want:[["shopify", "order_lines.line_amount"], ["web_events", "web_activity.amount"]]
select distinct source_name, field from quality.unmapped_values where value like '(%held)' order by all
---
-- three messages say no time that can be: they are listed, not placed
-- want:[["email_events", "(none, or outside the years 1000 to 9999)", true]]
select source_name, value, row_count >= 3 from quality.unmapped_values where field = 'touches.occurred_at' and source_name = 'email_events'
---
-- a campaign that spent a trillion three times spent three
-- want:[["991", "2999999999999.97", 6442450941], ["994", "0.00", 1]]
select campaign_id, cost_amount, click_count from marts.ad_performance where campaign_name = 'odd' order by 1
---
-- more was refunded than it cost
-- want:[["1999999999999.98"]]
select other_amount from quality.order_problems where order_id = 'ODD-01' and problem = 'refunded beyond its total'
---
-- seconds since 1970 go on after 2038
-- want:[[2, "2286-11-20 17:46:39"]]
select row_count, last_at from quality.future_facts where source_name = 'email_events' and concept = 'touches'
