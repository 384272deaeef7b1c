-- the first session came directly, the last that did not by the letter in May
-- want:[["Direct", null, "/map", "Email", "letter", "email", "may", "/spring"]]
select first_channel_group, first_source, first_landing_path, last_non_direct_channel_group, last_non_direct_source, last_non_direct_medium, last_non_direct_campaign, last_non_direct_landing_path from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:hc-1'
---
-- three sessions in all, two in 90 days, one in 30; the first saw one page for no time
-- want:[[3, 2, 1, 2, 2, 1, 4, 3, 1, 1, 1, 11]]
select session_count, session_count_90_days, session_count_30_days, engaged_session_count, engaged_session_count_90_days, engaged_session_count_30_days, page_view_count, page_view_count_90_days, page_view_count_30_days, product_view_count, product_view_count_30_days, days_since_last_visit from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:hc-1'
