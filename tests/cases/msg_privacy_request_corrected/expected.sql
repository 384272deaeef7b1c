-- whom a request is about was corrected: the file that came last counts, not the last name
-- want:[["right@askpost.net"]]
select identifier_value /*warehouse*/ from staging.stg_privacy_requests__requests where request_id = 'MSG-R1'
---
-- (10) after (9), and "report (1)" after "report": the report downloaded last; 0.9 is the seed's rate of the dollar
-- want:[["google_ads", "12.34", 9, true], ["meta_ads", "9.50", 4, true]]
select source_name, cost_amount, click_count, reporting_cost_amount = case currency when 'EUR' then cost_amount else round(cost_amount * 0.9, 2) end
from marts.ad_performance where campaign_id in ('MSG-G1', 'MSG-M1') and active_on = '2026-06-01' order by 1
---
-- a currency without a rate converts to nothing, not to zero
-- want:[["5.00", null]]
select cost_amount, reporting_cost_amount from marts.ad_performance where campaign_id = 'MSG-G1' and active_on = '2026-06-02'
