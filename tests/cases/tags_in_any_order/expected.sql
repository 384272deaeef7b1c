-- the first tag counts in any order (plugin-MarketingCampaignsReporting #131); a medium alone keeps the site that linked (dev-resources #1216); a tag on a link within the site is no new origin (pulumi/docs #18694, mozilla/addons-frontend #10272)
-- want:[["tag-01", "news", "email", "June sale", "Email", 1], ["tag-02", "devresourc.es", "dev-resources-website", null, "Unassigned", 1], ["tag-03", "google", "cpc", "summer", "Paid Search", 2]]
select visitor_id, source, medium, campaign, channel_group, page_view_count from marts.sessions where visitor_id in ('tag-01', 'tag-02', 'tag-03') order by 1
---
-- a mark of the merchant centre is no click that was paid; what iPhones get in place of gclid is one, and so are those of other networks
-- want:[["tag-04", "google", "organic", null, "Organic Search"], ["tag-05", "google", "cpc", "google", "Paid Search"], ["tag-06", "linkedin", "cpc", "linkedin", "Paid Social"], ["tag-07", "tiktok.com", "cpc", "tiktok", "Paid Social"]]
select visitor_id, source, medium, click_id_kind, channel_group from marts.sessions where visitor_id in ('tag-04', 'tag-05', 'tag-06', 'tag-07') order by 1
---
-- an empty tag says nothing
-- want:[["news", null, null]]
select source, medium, campaign from marts.sessions where visitor_id = 'tag-08'
