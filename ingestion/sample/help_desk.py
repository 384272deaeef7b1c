"""The help desk of the web shop: its users, organizations and tickets in Zendesk."""

import numpy as np
import pyarrow as pa

from ingestion.sample.answer_key import AnswerKey
from ingestion.sample.chance import Purpose, pick, stream
from ingestion.sample.companies import company_domains, company_names
from ingestion.sample.delivery import DAY_MS, Export, Landing, moment, one_of
from ingestion.sample.names import STAFF
from ingestion.sample.people import People

USER = "zendesk.user:"
_FIRST_USER, _FIRST_AGENT = 396_331_237_134, 396_331_100_001
_FIRST_TICKET, _FIRST_ORGANIZATION = 41_595, 3_703_001
_HOUR_MS = 3_600_000
# What becomes of a ticket, by its number; the rest is solved and later closed.
_GONE, _REOPENED, _WAITING, _FRESH = 3, 5, 7, 9
_KINDS = 20
_SUBJECTS = [
    "Parcel not here yet", "Zip of the Storm Shell broke", "Exchange for a larger size",
    "Invoice without our VAT number", "Where do I enter the voucher?",
]  # fmt: skip
_TAGS = ["delivery", "complaint quality", "return", "billing", "question"]
_TIME = "%Y-%m-%dT%H:%M:%SZ"

_USERS = f"""
select
    record as id, name, email, phone, role, organization_id,
    locale, 'Berlin' as time_zone, true as verified, false as suspended,
    not (is_leaving and {{now}} >= left_at) as active,
    {moment("created", _TIME)} as created_at,
    {moment("if(is_leaving and {now} >= left_at, left_at, created)", _TIME)}
        as updated_at
from users
where created <= {{now}}
order by record
"""
_ORGANIZATIONS = f"""
select record as "ID", name as "Name", domain as "Domain names",
    {moment("created")} as "Created at", {moment("created")} as "Updated at"
from organizations order by record
"""
# The state of each ticket at the end of a day, and since when.
_AGED = """
select *, case
    when kind = 3 and solved <= {now} then 'Deleted'
    when kind = 5 and again <= {now} then 'Open'
    when kind in (7, 9) then if(kind = 7 and replied <= {now}, 'Pending', 'New')
    when closed <= {now} and kind <> 5 then 'Closed'
    when solved <= {now} then 'Solved'
    when replied <= {now} then 'Open'
    else 'New' end as status,
    case
    when kind = 5 and again <= {now} then again
    when kind in (7, 9) then if(kind = 7 and replied <= {now}, replied, created)
    when closed <= {now} and kind not in (3, 5) then closed
    when solved <= {now} then solved
    when replied <= {now} then replied
    else created end as changed
from tickets where created <= {now}
"""
_TICKETS = f"""
select
    1 as "Summation column",
    record as "Id",
    name as "Requester",
    requester as "Requester id",
    null as "Requester external id",
    email as "Requester email",
    split_part(email, '@', 2) as "Requester domain",
    name as "Submitter",
    {one_of(STAFF, "record")} as "Assignee",
    'Support' as "Group",
    {one_of(_SUBJECTS)} as "Subject",
    {one_of(_TAGS)} as "Tags",
    status as "Status",
    {one_of(["-", "Low", "Normal", "High", "Urgent"], "choice // 8")} as "Priority",
    {one_of(["Mail", "Web", "Chat", "Phone"], "choice // 64")} as "Via",
    {one_of(["-", "Question", "Problem", "Incident"], "choice // 256")}
        as "Ticket type",
    {moment("created", "%Y-%m-%d %H:%M")} as "Created at",
    {moment("changed", "%Y-%m-%d %H:%M")} as "Updated at",
    if(replied <= {{now}}, {moment("replied", "%Y-%m-%d %H:%M")}, null)
        as "Assigned at",
    if(status in ('Solved', 'Closed'), {moment("solved", "%Y-%m-%d %H:%M")}, null)
        as "Solved at",
    if(status in ('Solved', 'Closed'),
        {one_of(["Good", "Bad", "Offered", "Not Offered"], "choice // 1024")},
        'Not Offered') as "Satisfaction Score",
    if(kind = {_REOPENED} and again <= {{now}}, 1, 0) as "Reopens",
    if(replied <= {{now}}, 1 + choice % 4, 0) as "Replies",
    if(replied <= {{now}}, (replied - created) // 60000, null)
        as "First reply time in minutes",
    if(status in ('Solved', 'Closed'), (solved - created) // 60000, null)
        as "Full resolution time in minutes"
from ({_AGED})
where changed > {{since}}
order by record
"""
_STATES = f"""
select
    'ticket' as kind, 'zendesk' as source_name, record as id,
    '{USER}' || requester as record_id, person,
    replace(lower(status), 'new', 'open') as state,
    null as currency, null as amount, null as reporting_amount
from ({_AGED}) order by record
"""


class HelpDesk:
    """What the web shop's help desk knows, from before the first day to the last."""

    def __init__(
        self,
        people: People,
        landing: Landing,
        key: AnswerKey,
        who: np.ndarray,
        seed: int,
    ) -> None:
        """Invent its users and their tickets."""
        rng = stream(seed, Purpose.HELP_DESK)
        self._landing, self._key = landing, key
        calendar = landing.calendar
        self.days = calendar.closings
        count = len(who)
        start, end = calendar.start(0), calendar.start(calendar.days)
        company = people.company[who]
        created = start - rng.integers(1, 400 * 24, count) * _HOUR_MS
        names = pa.compute.binary_join_element_wise(
            *(pick(people.column(name), who) for name in ("first_name", "last_name")),
            " ",
        )
        agents = len(STAFF)
        emails = pick(people.column("email"), who)
        self._users = pa.table(
            {
                "record": np.r_[
                    _FIRST_AGENT + np.arange(agents), _FIRST_USER + np.arange(count)
                ],
                "name": pa.concat_arrays([pa.array(STAFF), names]),
                "email": pa.concat_arrays(
                    [
                        pa.array(
                            f"{name.split()[0].lower()}@fernweh-outfitters.shop"
                            for name in STAFF
                        ),
                        emails,
                    ]
                ),
                "phone": pa.concat_arrays(
                    [
                        pa.nulls(agents, pa.string()),
                        pick(people.column("phone"), who, np.arange(count) % 3 == 0),
                    ]
                ),
                "role": ["agent"] * agents + ["end-user"] * count,
                "organization_id": pa.array(
                    np.r_[np.zeros(agents, int), _FIRST_ORGANIZATION + company],
                    mask=np.r_[np.ones(agents, bool), company < 0],
                ),
                "locale": ["en-GB"] * (agents + count),
                "created": np.r_[np.full(agents, start - 500 * DAY_MS), created],
                "is_leaving": np.r_[np.zeros(agents, bool), np.arange(count) % 40 == 8],
                "left_at": np.full(agents + count, (start + 2 * end) // 3),
            }
        )
        companies = np.unique(company[company >= 0])
        every = int(people.company.max()) + 1
        self._organizations = pa.table(
            {
                "record": _FIRST_ORGANIZATION + companies,
                "name": np.array(company_names(every))[companies],
                "domain": np.array(company_domains(every))[companies],
                "created": np.full(len(companies), start - 500 * DAY_MS),
            }
        )
        of = np.repeat(np.arange(count), 1 + rng.integers(0, 2, count))
        tickets = len(of)
        opened = start + (rng.random(tickets) * (end - start)).astype(np.int64)
        # What is played must be over before the world ends.
        kind = np.arange(tickets) % _KINDS
        opened = np.where(kind == _REOPENED, start + (opened - start) // 8, opened)
        replied = opened + rng.integers(1, 12, tickets) * _HOUR_MS
        solved = replied + rng.integers(2, 40, tickets) * _HOUR_MS
        self._tickets = pa.table(
            {
                "record": _FIRST_TICKET + np.arange(tickets),
                "person": who[of],
                "requester": _FIRST_USER + of,
                "name": pick(names, of),
                "email": pick(emails, of),
                "kind": kind,
                "created": opened,
                "replied": replied,
                "solved": solved,
                "again": solved + 30 * _HOUR_MS,
                "closed": solved + 4 * DAY_MS,
                "choice": rng.integers(0, 1 << 20, tickets),
            }
        )
        self._who = who

    def deliver(self, day: int, since: int) -> None:
        """Export the tickets changed in a month, and everybody there is."""
        exports = [
            Export("zendesk/tickets", "tickets-export-{date}.csv", _TICKETS,
                   ", force_quote *"),
            Export("zendesk/users", "users-{date}.jsonl", _USERS),
        ]  # fmt: skip
        if day == self._landing.calendar.last:
            exports.append(
                Export("zendesk/organizations", "organizations.csv", _ORGANIZATIONS)
            )
        self._landing.export(
            *(exports, day, since),
            users=self._users,
            organizations=self._organizations,
            tickets=self._tickets,
        )

    def answer(self) -> None:
        """Say whose users these are and how each ticket stood at the end."""
        landing = self._landing
        users = _FIRST_USER + np.arange(len(self._who))
        key = self._key
        key.add_records(USER, users, self._who)
        landing.sql.register("tickets", self._tickets)
        states = landing.select(landing.until(_STATES, landing.calendar.last))
        key.add_facts("states", states)
