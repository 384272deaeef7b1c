-- two e-mails, of which one bounced; a proxy's opening is not the human's
-- want:[[2, 1, 1, 1, 1, "2026-06-20 10:00:00", "2026-06-10 12:00:00", "2026-06-10 12:05:00"]]
select email_sent_count, email_opened_count, email_machine_opened_count, email_clicked_count, email_bounced_count, last_email_sent_at, last_email_opened_at, last_email_clicked_at from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:wm-1'
---
-- the shop's yes holds for every channel until one is taken back; the careful sum is then no
-- want:[["shop.customer:wm-1", true, true, true], ["shop.customer:wm-2", false, false, true]]
select i.record_id, is_marketing_accepted, is_email_marketing_accepted, is_sms_marketing_accepted from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id in ('shop.customer:wm-1', 'shop.customer:wm-2') order by 1
---
-- a machine's opening says so in the timeline too; the subject is never the subject line
-- want:[["email bounced", "email"], ["email clicked", "email"], ["email opened", "email"], ["email opened by a machine", "email"], ["email sent", "email"], ["email sent", "email"]]
select t.event_type, t.channel from marts.timeline t join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:wm-1' and t.source_name = 'email_events' and t.channel = 'email' order by 1
