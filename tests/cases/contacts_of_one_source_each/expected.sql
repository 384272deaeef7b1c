-- each is known to one system alone, and has a name all the same; full names are split, particles stay with the surname
-- want:[["folake.oduya@lekkipost.ng", "Folake", "Oduya"], ["iker.zubiri@redespost.es", "Iker", "Zubiri"], ["joost.vdpoel@dijkpost.nl", "Joost", "van der Poel"], ["maelle.kerdoncuff@armorpost.fr", "Maelle", "Kerdoncuff"], ["signe.brandvold@fjordpost.no", "Signe", "Brandvold"], ["tomasz.wilkolaski@wislapost.pl", "Tomasz", "Wilkolaski"]]
/*contacts*/ select email, first_name, last_name from contacts.customer_contacts where email in ('folake.oduya@lekkipost.ng', 'iker.zubiri@redespost.es', 'joost.vdpoel@dijkpost.nl', 'maelle.kerdoncuff@armorpost.fr', 'signe.brandvold@fjordpost.no', 'tomasz.wilkolaski@wislapost.pl') order by email
---
-- the CRM's address and title are the contact's
-- want:[["14 Marina Close", "Lagos", "101241", "NG", "Head of Procurement"]]
/*contacts*/ select street, city, postal_code, country_code, job_title from contacts.customer_contacts where email = 'folake.oduya@lekkipost.ng'
---
-- the shop's address is one block, though it has no street
-- want:[[null, "Quimper", "29000", "FR"]]
/*contacts*/ select street, city, postal_code, country_code from contacts.customer_contacts where email = 'maelle.kerdoncuff@armorpost.fr'
---
-- one record, one answer: nobody says otherwise
-- want:[["only value", "zendesk", 1, null]]
/*contacts*/ select rule, source_name, agreeing_source_count, runner_up_value from contacts.customer_attributes where attribute = 'last_name' and value = 'van der Poel'
