-- a deal counts for its first contact, with its money; krona have no rate
-- want:[["hubspot.contact:7701", 2, 1, 1, 0, "1000.00", null, "0.00", "2026-08-15"], ["hubspot.contact:7702", 2, 1, 0, 1, "450.00", "0.00", "70.00", "2026-07-20"]]
select i.record_id, deal_count, open_deal_count, won_deal_count, lost_deal_count, open_deal_amount, won_deal_amount, lost_deal_amount, next_expected_close_on from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id in ('hubspot.contact:7701', 'hubspot.contact:7702') order by 1
---
-- the second is named in the bridge
-- want:[["77001", "hubspot.contact:7701", true], ["77001", "hubspot.contact:7702", false], ["77002", "hubspot.contact:7701", false], ["77002", "hubspot.contact:7702", true], ["77003", "hubspot.contact:7701", true], ["77004", "hubspot.contact:7702", true]]
select d.deal_id, i.record_id, d.is_primary from marts.deal_contacts d join identity.customer_ids i using (customer_id) where d.deal_id like '7700_' order by 1, 2
---
-- in the timeline each stands once, with its first contact
-- want:[["deal:77001", "hubspot.contact:7701", "deal created", "1000.00"], ["deal:77002", "hubspot.contact:7702", "deal created", "500.00"], ["deal:77003", "hubspot.contact:7701", "deal created", "90000.00"], ["deal:77004", "hubspot.contact:7702", "deal created", "70.00"], ["deal closed:77003", "hubspot.contact:7701", "closed won", "90000.00"], ["deal closed:77004", "hubspot.contact:7702", "closed lost", "70.00"]]
select event_id, record_id, event_type, amount from marts.timeline where source_name = 'hubspot' and subject like '7700_' order by occurred_at, event_id
