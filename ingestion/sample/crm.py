"""The CRM's records: contacts, companies, deals, notes, tickets, all times in ms."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ingestion.sample.chance import Purpose, pick, stream
from ingestion.sample.companies import company_domains, company_names
from ingestion.sample.delivery import DAY_MS, Calendar
from ingestion.sample.names import INDUSTRIES
from ingestion.sample.people import NEVER, People

FIRST_CONTACT, FIRST_COMPANY = 90_100_001, 70_200_001
FIRST_DEAL, FIRST_NOTE, FIRST_TICKET = 30_300_001, 40_400_001, 50_500_001
NOT_MERGED = 1 << 60
TICKETS_PER_CONTACT = 0.06 / 0.35
_HOUR_MS = 3_600_000
_CONTACT_TEXTS = (
    *("first_name", "last_name", "nickname", "email", "second_email", "crm_phone"),
    *("birth_date", "street", "city", "postal_code", "country_code"),
)
TYPED = [
    *("plainly", "second_email", "typo_name", "typo_email", "nickname", "role_mailbox"),
    *("junk_values", "no_email"),
]


@dataclass(frozen=True)
class Crm:
    """The tables the exports are cut from; a contact's record id is in `contacts`."""

    contacts: pa.Table
    companies: pa.Table
    deals: pa.Table
    notes: pa.Table
    tickets: pa.Table


def make_crm(people: People, calendar: Calendar, seed: int) -> Crm:
    """Invent everything sales knows and does during the world's days."""
    rng = stream(seed, Purpose.CRM)
    contacts = _contacts(rng, people, calendar)
    deals = _deals(rng, people, calendar, contacts)
    notes = _notes(rng, contacts, deals)
    tickets = _tickets(rng, calendar, contacts)
    written = _written(people, contacts["person"], _CONTACT_TEXTS)
    return Crm(
        pa.table({**contacts, **written}),
        pa.table(_companies(rng, people, calendar)),
        *(pa.table(rows) for rows in (deals, notes, tickets)),
    )


def _written(
    people: People, person: np.ndarray, columns: tuple[str, ...]
) -> dict[str, pa.Array]:
    return {name: pick(people.column(name), person) for name in columns}


def _companies(
    rng: np.random.Generator, people: People, calendar: Calendar
) -> dict[str, np.ndarray | pa.Array | list[str]]:
    """One entry per company, placed where the first of its people lives."""
    members = np.flatnonzero(people.company >= 0)
    number, first = np.unique(people.company[members], return_index=True)
    count = len(number)
    return {
        "record": FIRST_COMPANY + number,
        "name": company_names(count),
        "domain": company_domains(count),
        "industry": np.array(INDUSTRIES)[rng.integers(0, len(INDUSTRIES), count)],
        "employees": (10 ** rng.uniform(1, 3.6, count)).astype(np.int64),
        "created": calendar.start(0) - rng.integers(1, 900 * 24, count) * _HOUR_MS,
        **_written(people, members[first], ("city", "country_code")),
    }


def _tickets(
    rng: np.random.Generator, calendar: Calendar, contacts: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """A ticket of about every sixth contact, since shortly before the world."""
    asks = rng.random(len(contacts["record"])) < TICKETS_PER_CONTACT
    asking = np.flatnonzero(asks & (contacts["merged_into"] == 0))
    count = len(asking)
    earliest = calendar.start(0) - 10 * DAY_MS
    start = np.maximum(contacts["created"][asking], earliest)
    span = calendar.start(calendar.days) - start
    opened = start + (span * rng.random(count)).astype(np.int64)
    return {
        "record": FIRST_TICKET + np.arange(count),
        "contact": contacts["record"][asking],
        "created": opened,
        "closed": opened + rng.integers(1, 12 * 24, count) * _HOUR_MS,
        "choice": rng.integers(0, 1 << 20, count),
    }


def _contacts(
    rng: np.random.Generator, people: People, calendar: Calendar
) -> dict[str, np.ndarray]:
    """One entry per contact record, those merged into another one included."""
    main = np.flatnonzero(people.contact_day < NEVER)
    doubled = [people.cast[case] for case in ("crm_duplicate", "crm_merge")]
    person = np.concatenate([main, *doubled])
    count = len(person)
    day = people.contact_day[person]
    created = calendar.start(0) - rng.integers(2, 700, count) * DAY_MS
    created += rng.integers(7 * 3600, 18 * 3600, count) * 1000
    recycled = np.isin(person, people.cast["recycled_phone"][:, 0])
    created[recycled] -= 300 * DAY_MS
    # A form is answered with a contact the same night, after the visit.
    from_form = (
        calendar.start(0) + day * DAY_MS + 22 * _HOUR_MS + (person % 3_600) * 1000
    )
    created = np.where(day >= 0, from_form, created)

    typed = np.full(count, TYPED.index("plainly"))
    typed[(rng.random(count) < 0.05) & (day < 0)] = TYPED.index("no_email")
    kind_of = np.full(len(people), -1)
    for case in ("typo_name", "typo_email", "nickname", "junk_values"):
        kind_of[people.cast[case]] = TYPED.index(case)
    for case in ("contact_form_to_purchase", "changed_email"):
        kind_of[people.cast[case]] = TYPED.index("plainly")
    for case in ("crm_duplicate", "crm_merge"):
        kind_of[people.cast[case]] = TYPED.index("plainly")
    in_role = (people.company >= 0) & (people.company % 5 == 0)
    kind_of[in_role] = TYPED.index("role_mailbox")
    typed = np.where(kind_of[person] >= 0, kind_of[person], typed)
    typed[len(main) :] = TYPED.index("second_email")

    merged_into = np.zeros(count, np.int64)
    merged_at = np.full(count, NOT_MERGED)
    merging = np.arange(count - len(doubled[1]), count)
    merged_into[merging] = FIRST_CONTACT + np.searchsorted(main, person[merging])
    merge_day = rng.integers(1, calendar.days, len(merging))
    merged_at[merging] = calendar.start(0) + merge_day * DAY_MS + 10 * _HOUR_MS
    return {
        "record": FIRST_CONTACT + np.arange(count),
        "person": person,
        "company": people.company[person],
        "created": created,
        "typed": typed,
        "merged_into": merged_into,
        "merged_at": merged_at,
        "choice": rng.integers(0, 1 << 20, count),
        "from_form": day >= 0,
    }


def _deals(
    rng: np.random.Generator,
    people: People,
    calendar: Calendar,
    contacts: dict[str, np.ndarray],
) -> dict[str, np.ndarray]:
    """Deals of a twelfth of the contacts, most of them of companies."""
    person, count = contacts["person"], len(contacts["person"])
    is_journey = np.isin(person, people.cast["contact_form_to_purchase"])
    share = np.where(contacts["company"] >= 0, 0.25, 0.012)
    has_deal = (rng.random(count) < share) & (contacts["merged_into"] == 0)
    of = np.flatnonzero(has_deal | is_journey)
    journey = is_journey[of]
    day = rng.integers(-40, calendar.days, len(of))
    created = calendar.start(0) + day * DAY_MS + rng.integers(9, 17, len(of)) * _HOUR_MS
    created = np.maximum(created, contacts["created"][of] + 2 * DAY_MS)
    created[journey] = contacts["created"][of][journey] + 1 * DAY_MS + _HOUR_MS * 14
    pace = np.where(journey, 1, rng.integers(3, 15, len(of)))
    return {
        "record": FIRST_DEAL + np.arange(len(of)),
        "contact": contacts["record"][of],
        "company": contacts["company"][of],
        "last_name": pick(people.column("last_name"), person[of]),
        "created": created,
        "step": pace * DAY_MS,
        "is_won": journey | (rng.random(len(of)) < 0.55),
        "amount": rng.integers(4, 400, len(of)) * 5_000,
        "country_code": pick(people.column("country_code"), person[of]),
        "choice": rng.integers(0, 1 << 20, len(of)),
    }


def _notes(
    rng: np.random.Generator,
    contacts: dict[str, np.ndarray],
    deals: dict[str, np.ndarray],
) -> dict[str, np.ndarray]:
    """A call before each deal, a note after it, a note on some other contacts."""
    deal_contact, deal = deals["contact"], deals["record"]
    noted = rng.random(len(contacts["record"])) < 0.08
    other = np.flatnonzero(noted & (contacts["merged_into"] == 0))
    later = contacts["created"][other] + rng.integers(24, 2_000, len(other)) * _HOUR_MS
    at = np.concatenate(
        [deals["created"] - 2 * _HOUR_MS, deals["created"] + deals["step"], later]
    )
    count = len(at)
    return {
        "record": FIRST_NOTE + np.arange(count),
        "is_call": np.arange(count) < len(deal),
        "happened": at,
        "contact": np.concatenate(
            [deal_contact, deal_contact, contacts["record"][other]]
        ),
        "deal": np.concatenate([deal, deal, np.zeros(len(other), np.int64)]),
        "choice": rng.integers(0, 1 << 20, count),
    }
