"""Small files: lists, partners, third parties, consents, requests, social networks."""

from hashlib import sha256

import numpy as np
import pyarrow as pa

from ingestion.sample.answer_key import AnswerKey
from ingestion.sample.chance import Purpose, pick, stream
from ingestion.sample.companies import company_names
from ingestion.sample.delivery import DAY_MS, Export, Landing, moment, one_of
from ingestion.sample.devices import BROWSERS_PER_PERSON, Devices
from ingestion.sample.people import People

MEMBER, PARTNER, HANDLE = "lists.person:", "partners.contact:", "social.handle:"
_MEMBERS, _GUESTS = "loyalty-members", "trade-fair-guests"
_INTERACTIONS = ["Comment", "Mention", "Like", "Direct Message"]
_NETWORKS = ["Instagram", "Facebook", "LinkedIn"]
_DAY = "%Y-%m-%d"

_MEMBER_LIST = """
select
    number as "Member ID", 'FW-' || (40_000_000 + number * 37) as "Loyalty number",
    first_name as "First name", last_name as "Last name",
    birth_date as "Date of birth", email as "E-mail", phone as "Mobile phone",
    street as "Street address", city as "City", postal_code as "Postal code",
    country_code as "Country code"
from people where in_members order by number
"""
# Some guests left a card without an e-mail.
_GUEST_LIST = """
select
    number as "Guest ID", first_name || ' ' || last_name as "Guest name",
    if(number % 5 = 4, null, email) as "Email address", company_name as "Company",
    city as "Town"
from people where in_guests order by number
"""
# One partner shares addresses, the other their hashes; some agreements have expired.
_SHARED = f"""
select
    'Hotel Alm' as "Partner", email as "Email", null as "Email SHA256",
    first_name as "First name", last_name as "Last name",
    country_code as "Country code", 'opt-in 2026-05' as "Consent basis",
    {moment("first")} as "Shared at",
    {moment(f"first + if(number % 10 = 9, 20, 400) * {DAY_MS}::bigint", _DAY)}
        as "Expires at"
from people where in_partner and number % 2 = 0
union all
select 'Ferry Line', null, upper(hash), null, null, country_code, 'opt-in',
    {moment("first")}, null
from people where in_partner and number % 2 = 1
order by all
"""
_BOUGHT = f"""
select
    'DataCo' as "Provider", 'IAB 1.1' as "Taxonomy", 400 + number % 7 as "Segment ID",
    {one_of(["Outdoor", "Families", "Travel", "Sports"], "number")} as "Segment",
    cookie as "Cookie ID", null as "Device ID", null as "Email hash",
    (50 + number % 50) / 100 as "Confidence",
    {moment(f"now - (number % 160) * {DAY_MS}::bigint")} as "Collected at"
from people where in_audience and number % 3 < 2
union all
select 'Panel', null, null, 'Parents', null,
    if(number % 2 = 0, upper(substr(md5(hash), 1, 8)) || '-00AA', null),
    if(number % 2 = 1, hash, null), 1,
    {moment(f"now - (number % 90) * {DAY_MS}::bigint")}
from people where in_audience and number % 3 = 2
order by all
"""
# Each agreed once; some took it back later, a few of them agreed again.
_SAID = """
select
    email, person, hash,
    unnest(case when number % 5 = 0 then ['CONFIRMED', 'WITHDRAWN']
        when number % 15 = 1 then ['CONFIRMED', 'WITHDRAWN', 'CONFIRMED']
        else ['CONFIRMED'] end) as status,
    first + (number * 7919 % 1000) * 60000
        + unnest(range(0, 3)[:case when number % 5 = 0 then 2
            when number % 15 = 1 then 3 else 1 end]) * (now - first) // 4 as happened
from people where in_consents
"""
_RECEIPTS = f"""
select
    email as "Data Subject Identifier", 'Email' as "Identifier type",
    'Marketing' as "Purpose Name", 'E-Mail' as "Channel",
    status as "Transaction Type",
    if(status = 'WITHDRAWN', 'Preference centre', 'Newsletter form')
        as "Collection Point",
    3 as "Purpose Version", {moment("happened")} as "Interaction Date"
from ({_SAID}) where happened <= {{now}} and happened > {{since}}
order by happened, email
"""
_STATED = f"""
select 'consents' as source_name, null as record_id, person, 'email' as channel,
    if(status = 'WITHDRAWN', 'withdrawn', 'granted') as status,
    {moment("happened")} as stated_at
from ({_SAID}) order by happened, email
"""
_KINDS = ["Data Access", "Data Deletion", "Do Not Sell"]
_REQUESTS = f"""
select
    'R-' || (1001 + number) as "Request ID",
    {one_of(_KINDS, "number")} as "Request Type",
    email as "Email", null as "Phone",
    if(country_code = 'US', 'ccpa', 'gdpr') as "Regulation", 'New' as "Stage",
    {moment(f"now - (1 + number % 20) * {DAY_MS}::bigint", "%Y-%m-%d %H:%M")}
        as "Date Created",
    null as "Last updated"
from people where in_requests order by number
"""
_SPOKEN = f"""
select
    person, hash,
    {one_of(_NETWORKS, "number")} as network,
    '@' || handle as handle,
    {one_of(_INTERACTIONS, "number + turn * 3")} as kind,
    first + (number * 131 + turn * 477) % 1000 * (now - first) // 1000 as happened,
    number * 10 + turn as id
from people, (select unnest([0, 1, 2]) as turn)
where in_social and turn <= number % 3
"""
_INBOX = f"""
select
    {moment("happened")} as "Date", network as "Network", kind as "Message Type",
    id as "Message ID", handle as "Username",
    if(kind = 'Like', null, 'When is the wind vest back?') as "Message",
    'https://social.example/' || id as "Permalink", 'p' || id % 9 as "Post ID"
from ({_SPOKEN}) where happened <= {{now}} and happened > {{since}}
order by happened, id
"""
_HANDLES = f"select distinct network, handle, person from ({_SPOKEN}) order by all"
_TOUCHES = f"""
select 'social' as source_name,
    '{HANDLE}' || sha256(lower(network) || '/' || handle[2:]) as record_id, person,
    'social_' || replace(lower(kind), 'direct ', '') as touch_type, false as is_machine,
    count(*) as touch_count
from ({_SPOKEN}) group by all order by all
"""
_ROLES = {
    "members": "loyalty", "guests": "fair", "partner": "partner",
    "audience": "audience", "consents": "consents", "requests": "requests",
    "social": "social",
}  # fmt: skip
_MONTHLY = [
    Export("social/interactions", "inbox-{date}.csv", _INBOX),
    Export("consents/consents", "receipts-{date}.csv", _RECEIPTS),
]
_ONCE = [
    Export("lists/people", f"{_MEMBERS}.xlsx", _MEMBER_LIST),
    Export("lists/people", f"{_GUESTS}.csv", _GUEST_LIST),
    Export("partners/contacts", "shared-{date}.csv", _SHARED, ", delimiter ';'"),
    Export("audience_data/members", "members-{date}.csv", _BOUGHT),
    Export("privacy_requests/requests", "requests-{date}.csv", _REQUESTS),
]


class Registers:
    """One table of the people who are in some list, with their number in each."""

    def __init__(
        self,
        people: People,
        landing: Landing,
        key: AnswerKey,
        who: dict[str, np.ndarray],
        devices: Devices,
        seed: int,
    ) -> None:
        """Number the people of every list."""
        self._landing, self._key = landing, key
        calendar = landing.calendar
        self.days = calendar.closings
        chance = stream(seed, Purpose.REGISTERS).integers(0, 1000, len(people))
        tables = []
        every = np.array([*company_names(int(people.company.max()) + 1), ""])
        names = (
            *("first_name", "last_name", "birth_date", "email", "phone", "street"),
            *("city", "postal_code", "country_code"),
        )
        for listed, role in _ROLES.items():
            person = who[role]
            texts = {name: pick(people.column(name), person) for name in names}
            emails = texts["email"].to_pylist()
            tables.append(
                pa.table(
                    {
                        **{f"in_{name}": np.full(len(person), name == listed)
                           for name in _ROLES},
                        "number": np.arange(len(person)),
                        "person": person,
                        **texts,
                        "company_name": every[people.company[person]],
                        "hash": [sha256(e.encode()).hexdigest() for e in emails],
                        "handle": [
                            f"{email.split('@')[0]}_{n}"
                            for email, n in zip(emails, chance[person], strict=True)
                        ],
                        "cookie": pick(devices.visitors, person * BROWSERS_PER_PERSON),
                        "first": np.full(len(person), calendar.start(0)),
                        "now": np.full(len(person), calendar.start(calendar.days)),
                    }
                )
            )  # fmt: skip
        self._people = pa.concat_tables(tables)

    def deliver(self, day: int, since: int) -> None:
        """Export a month of what was said; what is drawn up once, at the end."""
        exports = [*_MONTHLY, *(_ONCE if day == self.days[-1] else [])]
        self._landing.export(exports, day, since, people=self._people)

    def answer(self) -> None:
        """Say whose entries these are, what was said on networks and of consent."""
        landing, key = self._landing, self._key
        landing.sql.register("people", self._people)
        listed = "person from people where in"
        for kind, select in (
            (MEMBER, f"'{_MEMBERS}/' || number as id, {listed}_members"),
            (MEMBER, f"'{_GUESTS}/' || number as id, {listed}_guests"),
            (PARTNER, f"hash as id, {listed}_partner"),
            (HANDLE, "sha256(lower(network) || '/' || handle[2:]) as id, person"
                     f" from ({_HANDLES})"),
        ):  # fmt: skip
            rows = landing.select(f"select {select} order by id")
            owners = rows.column("person").to_numpy()
            key.add_records(kind, rows.column("id").combine_chunks(), owners)
        key.add_facts("touches", landing.select(_TOUCHES))
        key.add_facts("consents", landing.select(_STATED))
