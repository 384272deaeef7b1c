-- an assistant is one by the tag it appends, by the page or by the app it opens from; reported as campaigns, searches or websites at matomo #24286, #24732, #24960 and its campaigns plugin #196
-- want:[["AI Assistants", 11]]
select channel_group, count(*) from marts.sessions where visitor_id in ('ai-01', 'ai-02', 'ai-03', 'ai-04', 'ai-05', 'ai-06', 'ai-07', 'ai-08', 'ai-09', 'ai-10', 'ai-11') group by 1
---
-- the tag stays in the address when the page is loaded again: one visit of three pages
-- want:[["chatgpt.com", 3]]
select source, page_view_count from marts.sessions where visitor_id = 'ai-11'
---
-- a search without AI is a search (wp-statistics #1142), a document is none and a mailbox is e-mail (pug #94)
-- want:[["ai-12", "duckduckgo", "organic", "Organic Search"], ["ai-13", "docs.google.com", "referral", "Referral"], ["ai-14", "outlook.live.com", "email", "Email"]]
select visitor_id, source, medium, channel_group from marts.sessions where visitor_id in ('ai-12', 'ai-13', 'ai-14') order by 1
