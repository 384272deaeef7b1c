-- what the CRM says of a lead holds against the shop's older yes, and the newer "not unsubscribed" of another CRM is no yes (metasfresh #4115, ibericode/mailchimp-user-sync #107)
-- want:[["shop.customer:OC-71", false, false, true]]
select i.record_id, is_email_marketing_accepted, is_phone_marketing_accepted, is_sms_marketing_accepted from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id in ('shop.customer:OC-71') order by 1
---
-- so does the marketing status of Pipedrive; no consent there is nobody's yes, subscribed is one for e-mail alone
-- want:[["pipedrive.person:95202", false, false, false], ["pipedrive.person:95203", true, false, false], ["shop.customer:OC-72", false, true, true]]
select i.record_id, is_email_marketing_accepted, is_phone_marketing_accepted, is_sms_marketing_accepted from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id in ('shop.customer:OC-72', 'pipedrive.person:95202', 'pipedrive.person:95203') order by 1
---
-- opted out in March, and back by the form with the same address in June: the newer explicit yes counts
-- want:[["salesforce.contact:003OC00000000001AA", true, false, false]]
select i.record_id, is_email_marketing_accepted, is_phone_marketing_accepted, is_sms_marketing_accepted from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id in ('salesforce.contact:003OC00000000001AA') order by 1
---
-- Shopify asks for each channel
-- want:[["shopify.customer:9530001", true, false, false]]
select i.record_id, is_email_marketing_accepted, is_phone_marketing_accepted, is_sms_marketing_accepted from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id in ('shopify.customer:9530001') order by 1
---
-- the ledger has one withdrawal for e-mail by each of the two that said one
-- want:[["pipedrive", "email", "withdrawn"], ["salesforce", "email", "withdrawn"], ["salesforce", "phone", "withdrawn"]]
select source_name, channel, status from marts.consents where record_id in ('salesforce.lead:00QOC00000000001AA', 'pipedrive.person:95201') order by 1, 2
