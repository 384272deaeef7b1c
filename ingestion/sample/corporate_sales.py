"""What the corporate sales team keeps in Salesforce, as its Data Export writes it."""

import numpy as np
import pyarrow as pa

from ingestion.sample.answer_key import AnswerKey
from ingestion.sample.chance import Purpose, pick, stream
from ingestion.sample.companies import company_domains, company_names
from ingestion.sample.delivery import DAY_MS, Export, Landing, moment, one_of
from ingestion.sample.money import RATES
from ingestion.sample.names import STAFF
from ingestion.sample.people import People

CONTACT, LEAD = "salesforce.contact:", "salesforce.lead:"
_HOUR_MS = 3_600_000
# The stages are named by a German team, so only IsClosed and IsWon say what they mean.
_STAGES = ["Erstkontakt", "Angebot", "Verhandlung", "Gewonnen", "Verloren"]
# The ways a deal can go, by its number, stage after stage.
_PATHS = {
    "won": [0, 1, 2, 3], "lost": [0, 1, 4], "reopened": [0, 1, 4, 2, 3],
    "set_back": [0, 1, 2, 1], "open": [0, 1],
}  # fmt: skip
_WAYS = ["won", "lost", "reopened", "set_back", "open", "won", "lost", "open"]
_DAY = "%Y-%m-%d"


def _id(prefix: str, number: str) -> str:
    """The SQL for an id of eighteen characters, whose first three name the object."""
    return f"format('{prefix}5g0000{{:06d}}QAC', ({number}))"


_OWNER = _id("005", f"choice % {len(STAFF)}")
_ACCOUNTS = f"""
select
    {_id("001", "company")} as "Id", 0 as "IsDeleted", null as "MasterRecordId",
    name as "Name", 'Customer' as "Type", domain as "Website", city as "BillingCity",
    country_code as "BillingCountryCode", 'EUR' as "CurrencyIsoCode",
    {_OWNER} as "OwnerId", {moment("created")} as "CreatedDate",
    {moment("created")} as "SystemModstamp"
from accounts order by company
"""
# One of two records for a human is merged into the other, some are deleted.
_CONTACTS = f"""
select
    {_id("003", "number")} as "Id",
    (gone_at <= {{now}})::int as "IsDeleted",
    if(gone_at <= {{now}} and master >= 0, {_id("003", "master")}, null)
        as "MasterRecordId",
    if(company >= 0, {_id("001", "company")}, null) as "AccountId",
    last_name as "LastName", first_name as "FirstName",
    email as "Email", phone as "Phone",
    {one_of(["Einkauf", "Geschäftsführung", "Team Events"])} as "Title",
    city as "MailingCity", country_code as "MailingCountryCode",
    {one_of(["Messe", "Web", "Empfehlung"])} as "LeadSource",
    opted_out::int as "HasOptedOutOfEmail", 0 as "DoNotCall",
    {_OWNER} as "OwnerId", {moment("created")} as "CreatedDate",
    {moment("if(gone_at <= {now}, gone_at, created)")} as "LastModifiedDate",
    {moment("if(gone_at <= {now}, gone_at, created)")} as "SystemModstamp"
from contacts where created <= {{now}} order by number
"""
_LEADS = f"""
select
    {_id("00Q", "number")} as "Id", 0 as "IsDeleted",
    last_name as "LastName", first_name as "FirstName",
    coalesce(company_name, 'privat') as "Company", email as "Email", phone as "Phone",
    {one_of(["Web", "Messe"])} as "LeadSource",
    if(is_converted and converted <= {{now}}, 'Umgewandelt', 'Neu') as "Status",
    0 as "HasOptedOutOfEmail",
    (is_converted and converted <= {{now}})::int as "IsConverted",
    if(is_converted and converted <= {{now}}, {moment("converted", _DAY)}, null)
        as "ConvertedDate",
    if(is_converted and converted <= {{now}}, {_id("003", "contact")}, null)
        as "ConvertedContactId",
    {_OWNER} as "OwnerId", {moment("created")} as "CreatedDate",
    {moment("if(is_converted and converted <= {now}, converted, created)")}
        as "SystemModstamp"
from leads where created <= {{now}} order by number
"""
_STEPS = f"""
select *, {one_of(_STAGES, "stage")} as stage_name, created + turn * step as entered
from deals, (select unnest(range(0, 5)) as turn)
inner join paths using (turn)
where deals.way = paths.way
"""
_LATEST = f"""
select * from ({_STEPS}) where entered <= {{now}} and not is_deleted
qualify row_number() over (partition by number order by turn desc) = 1
"""
_OPPORTUNITIES = f"""
select
    {_id("006", "number")} as "Id", 0 as "IsDeleted",
    if(company >= 0, {_id("001", "company")}, null) as "AccountId",
    {_id("003", "contact")} as "ContactId",
    last_name || {one_of([" Teamtag", " Winterjacken", " Rucksäcke"])} as "Name",
    stage_name as "StageName",
    (stage >= 3)::int as "IsClosed", (stage = 3)::int as "IsWon",
    currency as "CurrencyIsoCode", amount || '.00' as "Amount",
    [10, 40, 60, 100, 0][1 + stage] as "Probability",
    {moment("created + 4 * step", _DAY)} as "CloseDate",
    {_OWNER} as "OwnerId", {moment("created")} as "CreatedDate",
    {moment("entered")} as "LastModifiedDate", {moment("entered")} as "SystemModstamp"
from ({_LATEST}) order by number
"""
_HISTORY = f"""
select
    {_id("008", "number * 10 + turn")} as "Id", 0 as "IsDeleted",
    {_id("006", "number")} as "OpportunityId", {_OWNER} as "CreatedById",
    {moment("entered")} as "CreatedDate", stage_name as "StageName",
    currency as "CurrencyIsoCode", amount || '.00' as "Amount",
    [10, 40, 60, 100, 0][1 + stage] as "Probability",
    {moment("created + 4 * step", _DAY)} as "CloseDate",
    {moment("entered")} as "SystemModstamp"
from ({_STEPS}) where entered <= {{now}} and not is_deleted order by number, turn
"""
_TASKS = f"""
select
    {_id("00T", "number")} as "Id", 0 as "IsDeleted",
    {_id("003", "contact")} as "WhoId", {_id("006", "number")} as "WhatId",
    'Rückruf zum Angebot' as "Subject", 'Completed' as "Status", 1 as "IsClosed",
    'Call' as "TaskSubtype", 'Outbound' as "CallType",
    60 + choice % 900 as "CallDurationInSeconds",
    {moment("created + 3600000", _DAY)} as "ActivityDate",
    {moment("created + 3600000")} as "CompletedDateTime",
    {_OWNER} as "OwnerId", {moment("created")} as "CreatedDate",
    {moment("created + 3600000")} as "SystemModstamp"
from deals where created + 3600000 <= {{now}} order by number
"""
_EVENTS = f"""
select
    {_id("00U", "number")} as "Id", 0 as "IsDeleted",
    {_id("003", "contact")} as "WhoId", {_id("006", "number")} as "WhatId",
    'Musterung vor Ort' as "Subject", 45 as "DurationInMinutes",
    {moment("created + step")} as "ActivityDateTime",
    {moment("created + step")} as "StartDateTime",
    {moment("created + step + 2700000")} as "EndDateTime", 0 as "IsAllDayEvent",
    {_OWNER} as "OwnerId", {moment("created")} as "CreatedDate",
    {moment("created")} as "SystemModstamp"
from deals where created + step <= {{now}} and choice % 3 = 0 order by number
"""
_CASES = f"""
select
    {_id("500", "number")} as "Id", 0 as "IsDeleted",
    lpad((1026 + number)::varchar, 8, '0') as "CaseNumber",
    {_id("003", "contact")} as "ContactId", 'Rechnung fehlt' as "Subject",
    if(is_closed, 'Geschlossen', 'Neu') as "Status", 'Email' as "Origin",
    {one_of(["Low", "Medium", "High"])} as "Priority",
    is_closed::int as "IsClosed",
    if(is_closed, {moment("closed")}, null) as "ClosedDate",
    {_OWNER} as "OwnerId", {moment("created")} as "CreatedDate",
    {moment("if(is_closed, closed, created)")} as "SystemModstamp"
from (
    select *, created + step as closed, choice % 4 > 0 and created + step <= {{now}}
        as is_closed
    from deals where choice % 5 < 2 and created <= {{now}}
) order by number
"""
_CAMPAIGNS = f"""
select {_id("701", "1")} as "Id", 0 as "IsDeleted", 'Frühjahrsmesse' as "Name",
    'Completed' as "Status", 0 as "IsActive", '1500' as "ActualCost",
    {moment("{now}")} as "SystemModstamp"
"""
_USERS = f"""
select {_id("005", "number")} as "Id", name as "Name",
    split_part(name, ' ', 1) as "FirstName", split_part(name, ' ', 2) as "LastName",
    lower(split_part(name, ' ', 1)) || '@fernweh-outfitters.shop' as "Username",
    1 as "IsActive", {moment("{now}")} as "SystemModstamp"
from (select unnest(range(0, {len(STAFF)})) as number,
    unnest([{", ".join(f"'{name}'" for name in STAFF)}]) as name)
"""
_OBJECTS = {
    "accounts": ("Account", _ACCOUNTS), "contacts": ("Contact", _CONTACTS),
    "leads": ("Lead", _LEADS), "opportunities": ("Opportunity", _OPPORTUNITIES),
    "opportunity_history": ("OpportunityHistory", _HISTORY), "tasks": ("Task", _TASKS),
    "events": ("Event", _EVENTS), "cases": ("Case", _CASES),
}  # fmt: skip
_ONCE = {"campaigns": ("Campaign", _CAMPAIGNS), "users": ("User", _USERS)}
_RATE = " ".join(f"when '{code}' then {rate}" for code, rate in RATES.items())
_STATES = f"""
select 'deal' as kind, 'salesforce' as source_name, {_id("006", "number")} as id,
    '{CONTACT}' || {_id("003", "contact")} as record_id, person,
    case stage when 3 then 'won' when 4 then 'lost' else 'open' end as state,
    currency, amount, amount * case currency {_RATE} end as reporting_amount
from ({_LATEST})
union all
select 'ticket', 'salesforce', "Id", '{CONTACT}' || "ContactId", person,
    if("IsClosed" = 1, 'closed', 'open'), null, null, null
from ({_CASES}) inner join deals on "Id" = {_id("500", "deals.number")}
order by kind, id
"""
_TOUCHES = f"""
select 'salesforce' as source_name, '{CONTACT}' || "WhoId" as record_id, person,
    touch_type, false as is_machine, count(*) as touch_count
from (select "WhoId", 'call' as touch_type from ({_TASKS})
    union all select "WhoId", 'meeting' from ({_EVENTS})) as touches
inner join (select distinct contact, person from deals)
    on "WhoId" = {_id("003", "contact")}
group by all order by all
"""
_TEXTS = (*("first_name", "last_name", "email", "phone", "city", "country_code"),)


class CorporateSales:
    """The corporate team's accounts, contacts, leads, deals and cases."""

    def __init__(
        self,
        people: People,
        landing: Landing,
        key: AnswerKey,
        who: dict[str, np.ndarray],
        seed: int,
    ) -> None:
        """Invent what the team did from before the first day to the last."""
        rng = stream(seed, Purpose.SALESFORCE)
        self._landing, self._key = landing, key
        calendar = landing.calendar
        self.days = calendar.full_exports
        start, span = calendar.start(0), calendar.days * DAY_MS
        employed, leading = (
            who["corporate"],
            np.setdiff1d(who["leads"], who["corporate"]),
        )
        becoming = leading[::3]
        twice = employed[1::8]
        person = np.r_[employed, becoming, twice]
        count = len(person)
        number = np.arange(count)
        converted = start + (rng.random(len(becoming)) * span * 0.4).astype(np.int64)
        created = start - rng.integers(1, 300 * 24, count) * _HOUR_MS
        created[len(employed) : count - len(twice)] = converted
        # Every second one is merged away halfway through, another is deleted.
        doubled = number >= count - len(twice)
        master = np.full(count, -1)
        master[doubled] = np.searchsorted(employed, twice)
        deleted = (number % 16 == 15) & ~doubled & (number < len(employed))
        gone = start + span * np.where(doubled, 3, 1) // 4
        never = start + 2 * span + 10_000 * DAY_MS
        texts = self._texts(people, person)
        # The second record of a human has the other e-mail and the same phone.
        texts["email"] = pa.compute.if_else(
            pa.array(doubled),
            pick(people.column("second_email"), person),
            texts["email"],
        )
        company = people.company[person]
        self._contacts = pa.table(
            {
                **{"number": number, "person": person, "company": company},
                **{"created": created, "master": master},
                "gone_at": np.where(doubled | deleted, gone, never),
                "opted_out": number % 9 == 4,
                "choice": rng.integers(0, 1 << 20, count),
                **texts,
            }
        )
        companies = np.unique(company[company >= 0])
        every = int(people.company.max()) + 1
        first = np.searchsorted(people.company[np.sort(employed)], companies)
        self._accounts = pa.table(
            {
                "company": companies,
                "name": np.array(company_names(every))[companies],
                "domain": np.array(company_domains(every))[companies],
                "created": np.full(len(companies), start - 400 * DAY_MS),
                "choice": companies,
                **{
                    name: pick(people.column(name), np.sort(employed)[first])
                    for name in ("city", "country_code")
                },
            }
        )
        index = np.full(len(people), -1)
        index[becoming] = len(employed) + np.arange(len(becoming))
        of_lead = np.searchsorted(becoming, leading).clip(0, max(len(becoming) - 1, 0))
        self._leads = pa.table(
            {
                **{"number": np.arange(len(leading)), "person": leading},
                "is_converted": index[leading] >= 0,
                "contact": index[leading],
                "converted": converted[of_lead],
                "created": converted[of_lead] - 20 * DAY_MS,
                "company_name": pa.nulls(len(leading), pa.string()),
                "choice": rng.integers(0, 1 << 20, len(leading)),
                **self._texts(people, leading),
            }
        )
        able = np.flatnonzero(~doubled & ~deleted)
        of = able[rng.random(len(able)) < 0.8]
        deals = len(of)
        way = np.array([_WAYS[n % len(_WAYS)] for n in range(deals)])
        opened = start + (rng.random(deals) * span * 0.4).astype(np.int64)
        self._deals = pa.table(
            {
                **{"number": np.arange(deals), "contact": of, "person": person[of]},
                "company": company[of],
                "way": way,
                "created": np.maximum(opened, created[of] + _HOUR_MS),
                "step": (span * (0.04 + 0.08 * rng.random(deals))).astype(np.int64),
                "amount": rng.integers(4, 300, deals) * 100,
                "currency": np.where(np.arange(deals) % 6 == 1, "USD", "EUR"),
                "is_deleted": np.arange(deals) % 25 == 24,
                "choice": rng.integers(0, 1 << 20, deals),
                "last_name": pick(people.column("last_name"), person[of]),
            }
        )
        self._paths = pa.table(
            {
                "way": [way for way, path in _PATHS.items() for _ in path],
                "turn": [turn for path in _PATHS.values() for turn in range(len(path))],
                "stage": [stage for path in _PATHS.values() for stage in path],
            }
        )

    @staticmethod
    def _texts(people: People, person: np.ndarray) -> dict[str, pa.Array]:
        return {name: pick(people.column(name), person) for name in _TEXTS}

    def deliver(self, day: int, since: int) -> None:
        """Export every object whole; Salesforce quotes every value."""
        objects = {**_OBJECTS, **(_ONCE if day == self.days[-1] else {})}
        exports = [
            Export(
                f"salesforce/{table}", f"{name}-{{date}}.csv", select, ", force_quote *"
            )
            for table, (name, select) in objects.items()
        ]
        self._landing.export(exports, day, since, **self._truth())

    def _truth(self) -> dict[str, pa.Table]:
        names = ("accounts", "contacts", "leads", "deals", "paths")
        return {name: getattr(self, f"_{name}") for name in names}

    def answer(self) -> None:
        """Say whose records these are, how deals and cases stand, who was spoken to."""
        landing, key = self._landing, self._key
        for name, rows in self._truth().items():
            landing.sql.register(name, rows)
        for kind, prefix, table in (
            (CONTACT, "003", "contacts"),
            (LEAD, "00Q", "leads"),
        ):
            select = f"select {_id(prefix, 'number')} as id, person from {table}"
            rows = landing.select(f"{select} order by number")
            people = rows.column("person").to_numpy()
            key.add_records(kind, rows.column("id").combine_chunks(), people)
        for name, select in (("states", _STATES), ("touches", _TOUCHES)):
            key.add_facts(
                name, landing.select(landing.until(select, landing.calendar.last))
            )
