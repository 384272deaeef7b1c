-- deals that were merged into another stay in some exports beside it, and are no deals any more (fivetran/dbt_hubspot #134)
-- want:[["93001", "open", "800.00"], ["93004", "won", "70.00"]]
select deal_id, state, deal_amount from marts.deals where deal_id like '9300_' order by 1
---
-- their money counts once, for the customer and in what the contacts of the deal add up to
-- want:[[2, 1, 1, "800.00", "70.00"]]
select deal_count, open_deal_count, won_deal_count, open_deal_amount, won_deal_amount from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'hubspot.contact:93100'
---
-- the bridge has one row for a deal and a customer
-- want:[["93001", true], ["93004", true]]
select deal_id, is_primary from marts.deal_contacts where deal_id like '9300_' order by 1
---
-- two contacts of one e-mail: a mail to it is sent and opened once (fivetran/dbt_hubspot #58)
-- want:[["hubspot.contact:93100", 1, 1], ["hubspot.contact:93101", 1, 1]]
select i.record_id, email_sent_count, email_opened_count from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id in ('hubspot.contact:93100', 'hubspot.contact:93101') order by 1
