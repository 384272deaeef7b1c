-- an order told again, in any spelling, on another device or by a server, is one conversion; a server's call makes no visit
-- want:[["calls-1", 1, 4, 2, 480], ["calls-2", 0, 1, 0, 0], ["calls-4", 1, 1, 1, 0], ["calls-4", 1, 0, 0, 0], ["calls-5", 0, 2, 0, 60], ["calls-6", 1, 0, 0, 0]]
select visitor_id, page_view_count, event_count, conversion_count, duration_seconds
from marts.sessions where visitor_id like 'calls-_' order by visitor_id, started_at
---
-- a page told by a server is a page; no server call makes its visitor a bot
-- want:[["calls-6", "letter", "/server-page", "Email", false]]
select visitor_id, source, landing_path, channel_group, is_bot from marts.sessions where visitor_id = 'calls-6'
---
-- old names and old spellings are the events and properties of the present spec
-- want:[["Product Added", "P1", "K1", null], ["Product Viewed", "P1", null, "40.0000"]]
select activity_name, product_id, cart_id, amount /*warehouse*/
from conformed.web_activity where visitor_id = 'calls-5' order by 1
---
-- what a server's identify call or the context's traits say of an e-mail is kept
-- want:[["calls-4", "jo.alder@posteo.de"], ["calls-5", "kim.rowan@posteo.de"]]
select visitor_id, email /*warehouse*/ from conformed.web_activity where email is not null and visitor_id like 'calls-_' order by 1
