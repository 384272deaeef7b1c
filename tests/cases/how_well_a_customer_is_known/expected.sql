-- two records of two sources; first name, last name, e-mail, phone, address, birth date and stage are known of ten, on the address they differ
-- want:[[2, 1, 1, 0, 2, "hubspot, shop", 1, 1, 0.7, 1, "1.0"]]
select record_count, contact_count, shop_customer_count, visitor_count, source_count, source_names, email_count, phone_count, completeness_rate, conflict_count, weakest_link_score from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:hw-1'
---
-- who is known by one e-mail to two sources is identified, and in Spain
-- want:[[true, "ES", "Valencia", "46001", 7, "customer"]]
select is_identified, country_code, city, postal_code, birth_month, lifecycle_stage from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'hubspot.contact:7801'
