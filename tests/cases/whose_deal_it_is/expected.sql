-- a deal of two is the first one's: each deal counts once, and the money lies where the deal is
-- want:[["hubspot.contact:94101", 1, 1, 0, 0, "300.00", "0.00", "0.00"], ["hubspot.contact:94102", 1, 0, 0, 1, "0.00", "0.00", "20.00"], ["hubspot.contact:94103", 1, 0, 1, 0, "0.00", "50.00", "0.00"]]
/*night 2026-06-24*/ select i.record_id, deal_count, open_deal_count, won_deal_count, lost_deal_count, open_deal_amount, won_deal_amount, lost_deal_amount from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id like 'hubspot.contact:9410_' order by 1
---
-- whoever takes part is in the bridge
-- want:[["94501", "hubspot.contact:94101", true], ["94501", "hubspot.contact:94103", false], ["94502", "hubspot.contact:94101", false], ["94502", "hubspot.contact:94103", true], ["94503", "hubspot.contact:94102", true]]
/*night 2026-06-24*/ select d.deal_id, i.record_id, d.is_primary from marts.deal_contacts d join identity.customer_ids i using (customer_id) where d.deal_id like '9450_' order by 1, 2
---
-- the first was merged into another contact: its deal is the survivor's, though no deal was exported since, and nobody else's
-- want:[["hubspot.contact:94101", 2, 1, 0, 1, "300.00", "0.00", "20.00"], ["hubspot.contact:94102", 2, 1, 0, 1, "300.00", "0.00", "20.00"], ["hubspot.contact:94103", 1, 0, 1, 0, "0.00", "50.00", "0.00"]]
select i.record_id, deal_count, open_deal_count, won_deal_count, lost_deal_count, open_deal_amount, won_deal_amount, lost_deal_amount from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id like 'hubspot.contact:9410_' order by 1
---
-- a ticket is theirs who asked, whether they were merged or not
-- want:[["hubspot.contact:94102", 1, 1, 1, null, "2026-05-21 08:00:00"], ["hubspot.contact:94103", 1, 0, 0, "3600.0", "2026-05-01 08:00:00"]]
select i.record_id, ticket_count, open_ticket_count, open_complaint_count, average_resolution_seconds, last_ticket_at from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id in ('hubspot.contact:94102', 'hubspot.contact:94103') order by 1
---
-- and the other is in the bridge, but has no complaint that would hold an offer back
-- want:[["94601", "hubspot.contact:94102", true, true], ["94601", "hubspot.contact:94103", false, false]]
select t.ticket_id, i.record_id, t.is_primary, m.customer_id is not null from marts.ticket_contacts t join identity.customer_ids i using (customer_id) left join segments.segment_members m on m.customer_id = t.customer_id and m.segment_id = 'open_complaint' where t.ticket_id = '94601' and i.record_id <> 'hubspot.contact:94101' order by 1, 2
---
-- in Salesforce the role says who is the primary contact; the deal of one that was merged away is the master's
-- want:[["salesforce.contact:003WD00000000002AA", 1, "700.00", true], ["salesforce.contact:003WD00000000003AA", 0, "0.00", false]]
select i.record_id, c.deal_count, c.open_deal_amount, d.is_primary from marts.customers c join identity.customer_ids i using (customer_id) join marts.deal_contacts d using (customer_id) where i.record_id in ('salesforce.contact:003WD00000000002AA', 'salesforce.contact:003WD00000000003AA') order by 1
---
-- added up, the customers have the deals and tickets of the sources, each once
-- want:[[4, 2, "1000.00", "50.00", "20.00"]]
select sum(deal_count), sum(ticket_count), sum(open_deal_amount), sum(won_deal_amount), sum(lost_deal_amount) from marts.customers where customer_id in (select customer_id from identity.customer_ids where record_id like 'hubspot.contact:9410_' or record_id like 'salesforce.contact:003WD%')
---
-- a deal whose contact nobody delivered, and one without a contact, are nobody's, and are counted as such
-- want:[["94504", null], ["94505", null]]
select deal_id, customer_id from marts.deals where deal_id in ('94504', '94505') order by 1
---
-- by source and kind of fact
-- want:[[true]]
select without_customer_count >= 2 and fact_count > without_customer_count from quality.facts_without_customer where concept = 'deals' and source_name = 'hubspot'
