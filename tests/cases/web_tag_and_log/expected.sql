-- where the tag saw a host on a day the log's page views are not added to it; a host or a day without the tag is the log's
-- want:[["web_events", "www.erlenbach.shop", "2026-06-15", true, 1], ["web_logs", "docs.erlenbach.shop", "2026-06-15", true, 1], ["web_logs", "erlenbach.shop", "2026-06-16", true, 1], ["web_logs", "www.erlenbach.shop", "2026-06-15", false, 1]]
select source_name, page_host, viewed_at::date, is_counted, count(*)
from marts.page_views where page_host like '%erlenbach.shop' and not is_bot group by all order by 1, 2
---
-- sessions are labelled alike; POST, HEAD, assets and missing pages make none; tags of a log are decoded
-- want:[["web_events", null, true], ["web_logs", null, false], ["web_logs", "Wiki page", true], ["web_logs", null, true]]
select source_name, source, is_counted from marts.sessions where not is_bot and session_id in (
    select session_id from marts.page_views where page_host like '%erlenbach.shop'
) order by source_name, started_at, is_counted
---
-- bots are labelled with the reason, not left out
-- want:[["mostly missing pages", 1], ["read robots.txt", 1], ["too many pages in a minute", 61], ["user agent: curl", 1]]
select bot_reason, sum(page_view_count)::int from marts.sessions where is_bot and session_id in (
    select session_id from marts.page_views where page_host like '%erlenbach.shop'
) group by 1 order by 1
