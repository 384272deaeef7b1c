-- said yes at the shop, then left the mailing list: the later no counts, capitals or not
-- want:[["withdrawn", false, "email_events", "2026-06-01 12:00:00"]]
select status, is_granted, source_name, since_at from marts.customer_consents
where channel = 'email' and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('ada.north@ledgerpost.net')
)
---
-- what the shop was told for every channel is not taken back for post by leaving the mailing list
-- want:[["granted", true, "shop", "2026-05-01 10:00:00"]]
select status, is_granted, source_name, since_at from marts.customer_consents
where channel = 'post' and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('ada.north@ledgerpost.net')
)
---
-- left the mailing list and signed up again with the same address: a newer explicit yes
-- want:[["granted", true, "consents", "2026-06-10 09:00:00"]]
select status, is_granted, source_name, since_at from marts.customer_consents
where channel = 'email' and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('bea.south@ledgerpost.net')
)
---
-- the shop's account number names the customer too: no calls
-- want:[["withdrawn", false]]
select status, is_granted from marts.customer_consents
where channel = 'phone' and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('bea.south@ledgerpost.net')
)
---
-- two records of one human disagree on text messages: STOP by the number, nothing for it since; e-mail was granted
-- want:[["email", "granted"], ["sms", "withdrawn"]]
select channel, status from marts.customer_consents
where channel in ('email', 'sms') and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('cem.moor@ledgerpost.net')
) order by 1
---
-- a word that nobody knows grants nothing
-- want:[["unmapped", false, "consents", "2026-06-05 09:00:00"]]
select status, is_granted, source_name, since_at from marts.customer_consents
where channel = 'email' and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('dia.fen@ledgerpost.net')
)
---
-- STOP with a sign and spaces, after a yes at the checkout
-- want:[["withdrawn", false, "sms_events", "2026-06-20 10:00:00"]]
select status, is_granted, source_name, since_at from marts.customer_consents
where channel = 'sms' and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('+4915112340505')
)
---
-- stopped in a sentence, started again a day later
-- want:[["granted", true, "sms_events", "2026-06-21 10:00:00"]]
select status, is_granted, source_name, since_at from marts.customer_consents
where channel = 'sms' and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('+4915112340404')
)
---
-- an export that repeats the shop's flag after a new telephone number is no new yes
-- want:[["withdrawn", false, "email_events", "2026-06-01 12:00:00"]]
select status, is_granted, source_name, since_at from marts.customer_consents
where channel = 'email' and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('gus.east@ledgerpost.net')
)
---
-- the account that said no and says yes since is a new yes
-- want:[["granted", true, "shop", "2026-06-20 10:00:00"]]
select status, is_granted, source_name, since_at from marts.customer_consents
where channel = 'email' and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('hal.west@ledgerpost.net')
)
---
-- what is dated after the night does not count yet
-- want:[["granted", true, "consents", "2026-06-10 09:00:00"]]
select status, is_granted, source_name, since_at from marts.customer_consents
where channel = 'email' and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('ida.river@ledgerpost.net')
)
---
-- a number written three ways is one number; a purpose that names its channel is for that channel
-- want:[["granted"]]
select status from marts.customer_consents
where channel = 'sms' and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('ida.river@ledgerpost.net')
)
---
-- taken back for all purposes and channels: for each of both
-- want:[["email", "analytics", "withdrawn"], ["email", "marketing", "withdrawn"], ["sms", "analytics", "withdrawn"], ["sms", "marketing", "withdrawn"]]
select channel, purpose, status from marts.customer_consents
where channel in ('email', 'sms') and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('jon.lake@ledgerpost.net')
) order by 1, 2
---
-- who reports spam wants no more of it
-- want:[["withdrawn", "email complained"]]
select status, origin from marts.customer_consents
where channel = 'email' and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('lou.hill@ledgerpost.net')
)
---
-- a hashed address reaches the customer whose address it is
-- want:[["granted", "Partner fair"]]
select status, origin from marts.customer_consents
where channel = 'email' and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('mia.field@ledgerpost.net')
)
---
-- missing consent is no row
-- want:[]
select status, is_granted, source_name, since_at from marts.customer_consents
where channel = 'sms' and purpose = 'marketing' and customer_id in (
    select customer_id from marts.customer_identifiers
    where identifier_hash = sha256('dia.fen@ledgerpost.net')
)
---
-- the ledger keeps each statement, with the identifier's hash and the source's own word
-- want:[["email", true, "email", "marketing", "unmapped", "perhaps", "Stand", "1"]]
select identifier_kind, customer_id is not null, channel, purpose, status, stated_status, origin, text_version
from marts.consents where identifier_hash = sha256('dia.fen@ledgerpost.net')
