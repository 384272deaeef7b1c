-- flags of the source, then what the stage means in other deals, chances, labels in any language; an unknown stage is open while its closing lies ahead, else unmapped
-- want:[["7101", "won"], ["7102", "lost"], ["7103", "open"], ["7104", "unmapped"], ["7105", "open"], ["7106", "won"], ["7107", "open"], ["7108", "lost"], ["7109", "won"], ["7110", "won"], ["7111", "won"], ["7112", "open"], ["7113", "lost"], ["7114", "won"], ["7115", "lost"], ["7116", "open"]]
select deal_id, state from marts.deals where source_name = 'hubspot' and deal_id like '71__' order by 1
---
-- calendar days to close, though not ten times 24 hours; what is open, or open again, was not closed, and its date is a plan
-- want:[["7101", 10, "2026-05-11 07:00:00", null], ["7105", null, null, "2026-08-09"], ["7112", null, null, "2026-05-11"]]
select deal_id, days_to_close, closed_at, expected_close_on from marts.deals where deal_id in ('7101', '7105', '7112') order by 1
---
-- all contacts stand in the bridge, one is the primary
-- want:[["7101", "hubspot.contact:7100", true], ["7101", "hubspot.contact:7200", false], ["006700000000001AAA", "salesforce.contact:003700000000001AAA", false], ["006700000000001AAA", "salesforce.contact:003700000000002AAA", true]]
select d.deal_id, i.record_id, d.is_primary from marts.deal_contacts d join identity.customer_ids i using (customer_id) where d.deal_id in ('7101', '006700000000001AAA') order by d.deal_id desc, 2
---
-- Salesforce's own IsWon and IsClosed; a deleted opportunity is none
-- want:[["006700000000001AAA", "won", 10], ["006700000000002AAA", "lost", 10], ["006700000000003AAA", "open", null]]
select deal_id, state, days_to_close from marts.deals where source_name = 'salesforce' and deal_id like '0067%' order by 1
---
-- its history: back to an earlier stage, won by the flag of another deal in that stage, then open again
-- want:[["Prospecting", "open"], ["Proposal", "open"], ["Prospecting", "open"], ["Signed and sealed", "won"], ["Proposal", "open"]]
/*warehouse*/ select stage, state from conformed.deal_changes where deal_id = '006700000000003AAA' order by changed_at
---
-- each move counts, also the one back; it was won and opened again once
-- want:[["006700000000003AAA", 4, 1]]
select deal_id, stage_change_count, reopen_count from marts.deals where deal_id = '006700000000003AAA'
---
-- Pipedrive in German, and in a language nobody knows by the time it was won
-- want:[["7311", "won", "90.50", null], ["7312", "lost", "90.50", null], ["7313", "open", "90.50", "2026-09-01"], ["7314", "won", "90.50", null]]
select deal_id, state, deal_amount, expected_close_on from marts.deals where source_name = 'pipedrive' and deal_id like '731_' order by 1
---
-- tickets by flag, id, label, then closing time; a closing time that stayed behind closes nothing
-- want:[["500700000000001AAA", "closed", false, true, 7200], ["500700000000002AAA", "open", true, false, null], ["7151", "closed", false, true, 3600], ["7152", "pending", true, true, null], ["7153", "closed", false, false, 60], ["7154", "open", true, false, null], ["7155", "closed", false, false, 7200], ["7401", "solved", false, false, null], ["7402", "pending", true, true, null]]
select ticket_id, state, is_open, is_complaint, resolution_seconds from marts.tickets where ticket_id like '715_' or ticket_id like '740_' or ticket_id like '5007%' order by 1
---
-- who is known to the help desk by tickets alone is somebody
-- want:[["7401", true], ["7402", true]]
select ticket_id, customer_id is not null from marts.tickets where source_name = 'zendesk' and ticket_id like '740_' order by 1
---
-- who opted out said so; who did not said nothing
-- want:[["pipedrive.person:7301", "email", "withdrawn"], ["salesforce.contact:003700000000001AAA", "email", "withdrawn"]]
/*warehouse*/ select record_id, channel, status from conformed.consents where record_id like 'salesforce.contact:0037%' or record_id = 'pipedrive.person:7301' order by 1
---
-- names are apart
-- want:[["7311", "Keel"]]
/*contacts*/ select deal_id, deal_name from contacts.deal_details where deal_id = '7311'
