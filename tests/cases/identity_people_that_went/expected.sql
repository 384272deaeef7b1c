-- a merge in the CRM makes one customer of two, who has both ids' history
-- want:[["hubspot.contact:88101"], ["hubspot.contact:88102"]]
select record_id from identity.customer_ids where customer_id = (select customer_id from identity.customer_ids where record_id = 'hubspot.contact:88101') order by 1
---
-- and is one contact, not two
-- want:[[1, 1]]
select c.record_count, c.contact_count from marts.customers c join identity.customer_ids i using (customer_id) where i.record_id = 'hubspot.contact:88101'
---
-- the address of the contact that was merged away is not handed out, nor is its initial
-- want:[["Ylva", "ylva@ostpost.se"]]
/*contacts*/ select first_name, email from contacts.customer_contacts where last_name = 'Tornquist'
---
-- nor among the identifiers
-- want:[[0]]
/*contacts*/ select count(*) from contacts.customer_identifiers where identifier_value = 'ylva.t@vastpost.se'
---
-- on the second night the deleted contact was no customer
-- want:[[0]]
/*night 2026-06-25*/ select count(*) from identity.customer_ids where record_id = 'hubspot.contact:88103'
---
-- its id was retired, and came back with the record
-- want:[["2026-06-24", "born"], ["2026-06-25", "retired"], ["2026-06-26", "grown"]]
select changed_on, change from identity.customer_id_changes where customer_id = (select customer_id from identity.customer_ids where record_id = 'hubspot.contact:88103') order by 1
---
-- back again, it is reached as before
-- want:[["bela@tiszapost.hu", "+36305558134"]]
/*contacts*/ select email, phone from contacts.customer_contacts where last_name = 'Harsanyi'
