-- Twilio will not send to who answered STOP to another sender: error 21610 is a withdrawal (nyaruka/courier #180, episphere/connect #1545); a phone that is off, 30003, is none
-- want:[["shop.customer:LP-1", true, false], ["shop.customer:LP-2", true, true]]
select i.record_id, is_email_marketing_accepted, is_sms_marketing_accepted from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id in ('shop.customer:LP-1', 'shop.customer:LP-2') order by 1
---
-- SendGrid drops what goes to who unsubscribed or reported spam before; an address that bounced has withdrawn nothing
-- want:[["shop.customer:LP-3", false, true], ["shop.customer:LP-4", true, true], ["shop.customer:LP-7", false, true]]
select i.record_id, is_email_marketing_accepted, is_sms_marketing_accepted from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id in ('shop.customer:LP-3', 'shop.customer:LP-4', 'shop.customer:LP-7') order by 1
---
-- leaving one group of mails is leaving, coming back to it is an explicit yes (sendgrid/docs #555)
-- want:[["shop.customer:LP-5", false, true], ["shop.customer:LP-6", true, true]]
select i.record_id, is_email_marketing_accepted, is_sms_marketing_accepted from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id in ('shop.customer:LP-5', 'shop.customer:LP-6') order by 1
