"""The hidden people: their households, what they are to the shop, their habits."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.sample import names
from ingestion.sample.cases import Cast, cast_people
from ingestion.sample.chance import Purpose, pick, stream
from ingestion.sample.person_texts import draw_numbers, per_country, write_people

COMPANY_SIZE = 4
NEVER = 1 << 30
DAYS_FROM_FORM_TO_PURCHASE = 6


@dataclass(frozen=True)
class People:
    """One position per person in every array; days are counted from the first day.

    `text` holds one column per written attribute. `company` is -1 for private people.
    `contact_day` is -1 for contacts older than the world, `NEVER` for no contact.
    """

    text: pa.Table
    cast: Cast
    country: np.ndarray
    household: np.ndarray
    company: np.ndarray
    contact_day: np.ndarray
    has_account: np.ndarray
    wants_account: np.ndarray
    restated_on: np.ndarray
    changes_email: np.ndarray
    visits_until: np.ndarray
    orders_until: np.ndarray
    emails: pa.Array

    def __len__(self) -> int:
        """How many people there are."""
        return len(self.country)

    def column(self, name: str) -> pa.Array:
        """One written attribute of everybody."""
        return self.text.column(name).chunk(0)

    def email_on(
        self, day: int | np.ndarray, person: np.ndarray, known: np.ndarray | None = None
    ) -> pa.Array:
        """The e-mail each person gives to the shop on that day; null if not `known`."""
        changed = self.changes_email[person] & (self.restated_on[person] <= day)
        return pick(self.emails, person + len(self) * changed, known)


def make_people(
    sql: duckdb.DuckDBPyConnection, customers: int, days: int, seed: int
) -> People:
    """Invent `customers` people for a world of `days` days."""
    rng = stream(seed, Purpose.PEOPLE)
    sizes = rng.choice(4, customers, p=[0.45, 0.30, 0.15, 0.10]) + 1
    household = np.repeat(np.arange(customers), sizes)[:customers]
    shares = [country.share for country in names.COUNTRIES]
    country = rng.choice(len(shares), customers, p=shares)[household]
    company = np.full(customers, -1)
    employed = np.sort(rng.choice(customers, round(customers * 0.06), replace=False))
    company[employed] = np.arange(len(employed)) // COMPANY_SIZE
    numbers = draw_numbers(rng, household)

    has_nickname = per_country(
        country,
        numbers["first_name"],
        lambda c: [n in names.NICKNAMES for n in c.first_names],
    )
    is_british = np.array([c.code == "GB" for c in names.COUNTRIES])[country]
    cast = cast_people(
        stream(seed, Purpose.CAST),
        household,
        company < 0,
        {"two_currencies": is_british, "nickname": has_nickname},
    )
    played = np.concatenate([cast[case].ravel() for case in cast.players])

    contact_day = np.where(rng.random(customers) < 0.22, -1, NEVER)
    contact_day[company >= 0] = -1
    joins_now = (contact_day < 0) & (rng.random(customers) < min(0.6, days / 450))
    contact_day[joins_now] = rng.integers(0, days, joins_now.sum())
    contact_day[played] = -1
    contact_day[cast["two_currencies"]] = NEVER
    contact_day[cast["recycled_phone"][:, 1]] = NEVER
    form_players = cast["contact_form_to_purchase"]
    contact_day[form_players] = rng.integers(
        0, days - DAYS_FROM_FORM_TO_PURCHASE, len(form_players)
    )

    has_account = rng.random(customers) < 0.35
    has_account[played] = True
    without = [form_players, cast["junk_values"], cast["recycled_phone"][:, 0]]
    has_account[np.concatenate(without)] = False
    wants_account = rng.random(customers) < 0.5
    wants_account[form_players] = True

    restates = has_account & (rng.random(customers) < 0.03)
    restates[cast["changed_email"]] = True
    restated_on = np.where(restates, rng.integers(1, days, customers), NEVER)
    changes_email = np.zeros(customers, bool)
    changes_email[cast["changed_email"]] = True

    order_rate = rng.gamma(2.0, 0.61 / 90, customers)
    order_rate[np.concatenate([*without, cast["two_currencies"]])] = 0
    visit_rate = rng.gamma(1.2, 7.2 / 90 / 1.2, customers)

    for case in ("shared_family_phone", "recycled_phone"):
        owner, other = cast[case].T
        for column in ("subscriber", "dial_choice"):
            numbers[column][other] = numbers[column][owner]
    phone_country = country.copy()
    phone_country[cast["recycled_phone"][:, 1]] = country[cast["recycled_phone"][:, 0]]
    # Written with its country, the number stays the same number abroad.
    numbers["typing"][cast["recycled_phone"][:, 1]] = 1
    gives_phone = {"shop": rng.random(customers) < 0.55}
    gives_phone["crm"] = rng.random(customers) < 0.80
    for given in gives_phone.values():
        given[played] = True
    groups = {"household": household, "company": company, "country": country}
    text = write_people(sql, groups, phone_country, numbers, gives_phone)
    emails = pa.concat_arrays(
        [text.column(name).chunk(0) for name in ("email", "second_email")]
    )
    return People(
        *(text, cast, country, household, company, contact_day),
        *(has_account, wants_account, restated_on, changes_email),
        *(np.cumsum(visit_rate), np.cumsum(order_rate), emails),
    )
