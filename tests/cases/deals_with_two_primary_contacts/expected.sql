-- one contact that is primary twice is one contact; of two that both are, one is the deal's; a role that was deleted is none (NPSP #1388)
-- want:[["006TP00000000001AA", 1, 1, 1], ["006TP00000000002AA", 2, 1, 1]]
select deal_id, count(*), count_if(is_primary)::int, max(contact_count) from marts.deal_contacts where deal_id like '006TP%' group by 1 order by 1
---
-- the amounts of the customers add up to the deals
-- want:[["390.00"]]
select sum(open_deal_amount) from marts.customers where customer_id in (select customer_id from identity.customer_ids where record_id like 'salesforce.contact:003TP%')
---
-- each deal counts once, for the one that is its primary contact
-- want:[["salesforce.contact:003TP00000000001AA", 2], ["salesforce.contact:003TP00000000002AA", 0]]
select i.record_id, deal_count from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id like 'salesforce.contact:003TP%' order by 1
---
-- a lead that was converted is its contact, though the addresses differ; the call with the lead is the customer's, the deleted one nobody's
-- want:[[true, 2, "2026-05-05 09:00:00"]]
select i.customer_id = (select customer_id from identity.customer_ids where record_id = 'salesforce.lead:00QTP00000000001AA'), call_count, last_touch_at from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'salesforce.contact:003TP00000000001AA'
