-- a stage that moves back is a change; so is one that an export shows without a new time of change
-- want:[["8101", "Appointment Scheduled", "open", "2026-05-20 08:00:00"], ["8101", "Contract Sent", "open", "2026-05-20 08:00:00"], ["8101", "Appointment Scheduled", "open", "2026-06-03 08:00:00"], ["8102", "Delivered", "won", "2026-05-22 08:00:00"], ["8102", "Contract Sent", "open", "2026-06-02 08:00:00"], ["8104", "Contract Sent", "open", "2026-05-20 08:00:00"]]
/*warehouse*/ select deal_id, stage, state, changed_at from conformed.deal_changes where deal_id like '81__' order by deal_id, changed_at, delivery_number
---
-- delivered last is newest, whatever the files are called; opened again is open; what the last export lacks is gone
-- want:[["8101", "Appointment Scheduled", "open", null, 2, 0], ["8102", "Contract Sent", "open", null, 1, 1], ["8104", "Contract Sent", "open", null, 0, 0]]
select deal_id, deal_stage, state, closed_at, stage_change_count, reopen_count from marts.deals where deal_id like '81__' order by 1
---
-- the night before it was another contact's, in another stage
-- want:[["Contract Sent"]]
/*night 2026-06-25*/ select deal_stage from marts.deals where deal_id = '8101'
---
-- merged twice, and deleted: no version of them counts; the others each have one that does
-- want:[["hubspot.contact:8000", 0], ["hubspot.contact:8001", 0], ["hubspot.contact:8002", 1], ["hubspot.contact:8003", 0], ["hubspot.contact:8004", 1]]
/*warehouse*/ select record_id, count_if(is_current)::int from conformed.people where record_id between 'hubspot.contact:8000' and 'hubspot.contact:8004' and length(record_id) = 20 group by 1 order by 1
---
-- the deals of those who were merged are the survivor's
-- want:[["8101", true], ["8102", true]]
select deal_id, customer_id = (select customer_id from identity.customer_ids where record_id = 'hubspot.contact:8002') from marts.deals where deal_id in ('8101', '8102') order by 1
---
-- left all e-mail, then came back: the first is a withdrawal, the second is no yes
-- want:[["withdrawn", "2026-06-02 08:00:00"], ["expired", "2026-06-03 08:00:00"]]
/*warehouse*/ select status, stated_at from conformed.consents where record_id = 'hubspot.contact:8005' order by stated_at
