-- Zendesk demands a name, so those who write for the first time get their address or Anonymous User as one (mozilla/fxa #2912, alphagov/support #35): a name known elsewhere survives, though it is older
-- want:[["mira.tothfalu@brackenpost.ie", "Mira", "Tothfalu"], ["orla.quill@brackenpost.ie", "Orla", "Quill"]]
/*contacts*/ select email, first_name, last_name from contacts.customer_contacts where email in ('mira.tothfalu@brackenpost.ie', 'orla.quill@brackenpost.ie') order by 1
---
-- an address is no name where none is known
-- want:[[null, null]]
/*contacts*/ select first_name, last_name from contacts.customer_contacts where email = 'petra.lindmo@brackenpost.ie'
---
-- nor are unknown, n/a and a dash
-- want:[["ewa.k@brackenpost.ie", "Ewa", null], ["sean.garvey@brackenpost.ie", null, "Garvey"]]
/*contacts*/ select email, first_name, last_name from contacts.customer_contacts where email in ('ewa.k@brackenpost.ie', 'sean.garvey@brackenpost.ie') order by 1
---
-- nor what Salesforce users write where it demands a last name and a company (cds-snc/notification-api #1813)
-- want:[["Dario", null, null]]
/*contacts*/ select first_name, last_name, company_name from contacts.customer_contacts where email = 'dario.v@brackenpost.ie'
