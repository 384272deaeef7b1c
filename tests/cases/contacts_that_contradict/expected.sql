-- a whole address goes before a newer city, and its parts are not mixed
-- want:[["Remo", "Quintavalle", "Via Lunga 8", "Lucca", "55100", "IT", "1971-03-09"]]
/*contacts*/ select first_name, last_name, street, city, postal_code, country_code, birth_on from contacts.customer_contacts where email = 'remo.quintavalle@arnopost.it'
---
-- what decided, who came second, and how many say the same
-- want:[["city", "Lucca", "shop", "most complete", 1, "Pisa", "hubspot"], ["email", "remo.quintavalle@arnopost.it", "zendesk", "only value", 3, null, null], ["first_name", "Remo", "shop", "most complete", 2, "R.", "hubspot"], ["last_name", "Quintavalle", "hubspot", "only value", 3, null, null]]
/*contacts*/ select attribute, value, source_name, rule, agreeing_source_count, runner_up_value, runner_up_source_name from contacts.customer_attributes where customer_id in (select customer_id from contacts.customer_contacts where email = 'remo.quintavalle@arnopost.it') and attribute in ('city', 'email', 'first_name', 'last_name') order by 1
---
-- the single customer view has the same survivors
-- want:[["IT", "Lucca", "55100", 3]]
select country_code, city, postal_code, birth_month from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'shop.customer:ct-93'
