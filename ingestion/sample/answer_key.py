"""The truth behind the files: whose record is whose, which hard case is where."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.sample.chance import pick
from ingestion.sample.crm import TYPED
from ingestion.sample.delivery import copy_rows
from ingestion.sample.devices import BROWSERS_PER_PERSON
from ingestion.sample.people import People
from ingestion.sample.truth import Truth

CONTACT, CUSTOMER, VISITOR = "hubspot.contact:", "shop.customer:", "web.visitor:"
_NOTES = {
    "shared_family_phone": "two of one household, one phone, different first names",
    "shared_family_tablet": "two of one household sign in and out on one browser",
    "contact_form_to_purchase": "search, blog, contact form, call, deal, purchase",
    "two_currencies": "the same customer paid once in EUR, once in USD",
    "nickname": "the CRM knows the short first name and another e-mail",
    "typo_name": "the CRM misspells the last name and has another e-mail",
    "typo_email": "the CRM mistyped the e-mail; phone and name are right",
    "changed_email": "the shop restated the customer; the CRM has the old e-mail",
    "crm_duplicate": "two contacts, different e-mail, same phone and name",
    "crm_merge": "one contact was merged into the other during the world",
    "junk_values": "junk e-mail and phone in the CRM, a broken tag on the site",
    "logout_login": "two unrelated people signed in on one browser",
    "recycled_phone": "the phone was the first person's, is now the second's",
}

# What the files say of money, states, touches and consent, by record and its human;
# amounts are in full precision, times in UTC, an unknown value is empty.
FACTS = {
    "money": "source_name,order_id,record_id,person_id,state,is_test,currency,"
    "items_amount,discount_amount,shipping_amount,tax_amount,total_amount,"
    "refund_currency,refund_amount,reporting_total_amount,reporting_refund_amount",
    "payments": "source_name,payment_id,order_id,record_id,person_id,state,currency,"
    "payment_amount,refunded_amount",
    "states": "kind,source_name,id,record_id,person_id,state,currency,amount,"
    "reporting_amount",
    "touches": "source_name,record_id,person_id,touch_type,is_machine,touch_count",
    "consents": "source_name,record_id,person_id,channel,status,stated_at",
}


class AnswerKey:
    """Record owners are written as they come, so that memory does not grow by day."""

    def __init__(self, folder: Path, people: People) -> None:
        """Open the files under temporary names."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._people = people
        self._person_ids = people.column("person_id")
        self._records = _partial(folder / "records.csv").open("wb")
        self._cases = _partial(folder / "hard_cases.csv").open(
            "w", encoding="utf-8", newline=""
        )
        self._case_rows = csv.writer(self._cases, lineterminator="\n")
        self._records.write(b"record_id,person_id\n")
        self._case_rows.writerow(["case_name", "person_id", "record_ids", "note"])
        self._facts = {}
        for name, heading in FACTS.items():
            self._facts[name] = _partial(folder / f"{name}.csv").open("wb")
            self._facts[name].write(f"{heading}\n".encode())
        self.customers = 0

    def add_opening(self, truth: Truth, account: np.ndarray) -> None:
        """Add the CRM's contacts and the accounts that are older than the world."""
        contacts = truth.crm.contacts
        self.add_records(CONTACT, contacts["record"], contacts["person"].to_numpy())
        holders = np.flatnonzero(account)
        self.add_records(CUSTOMER, account[holders], holders)

    def add_facts(self, name: str, rows: pa.Table) -> None:
        """Add rows with the columns of FACTS, but for `person`, a position or null."""
        heading = FACTS[name].replace("person_id", "person").split(",")
        if rows.column_names != heading:
            raise ValueError(f"{name} has {rows.column_names}; expected {heading}")
        at = heading.index("person")
        named = self._person_ids.take(rows.column(at).combine_chunks())
        rows = rows.set_column(at, "person", named)
        texts = [column.cast(pa.string()).fill_null("") for column in rows.columns]
        join = pa.compute.binary_join_element_wise
        lines = join(join(*texts, ","), "\n", "")
        self._facts[name].write("".join(lines.to_pylist()).encode())

    def add_records(self, kind: str, record: pa.Array, person: np.ndarray) -> None:
        """Say whose records these are; a negative person is nobody."""
        nobody = np.where(person < 0, 0, person)
        owners = pick(self._person_ids, nobody, person >= 0).fill_null("")
        join = pa.compute.binary_join_element_wise
        ids = join(kind, pa.array(record).cast(pa.string()), "")
        lines = join(ids, join(owners, "\n", ""), ",")
        self._records.write("".join(lines.to_pylist()).encode())
        self.customers += len(person) if kind == CUSTOMER else 0

    def add_cases(
        self,
        case: str,
        persons: Iterable[int | None],
        records: Iterable[str],
        note: str,
    ) -> None:
        """One row per instance of a case about one person and one record."""
        for person, record in zip(persons, records, strict=True):
            self._add_case(case, [] if person is None else [person], [record], note)

    def _add_case(
        self, case: str, persons: list[int], records: list[str], note: str
    ) -> None:
        owners = ";".join(self._person_ids[int(person)].as_py() for person in persons)
        self._case_rows.writerow([case, owners, ";".join(records), note])

    def add_cast(
        self,
        truth: Truth,
        account: np.ndarray,
        seen: np.ndarray,
    ) -> None:
        """Add the visitors' owners and the hard cases that were cast beforehand."""
        crm, devices, plan = truth.crm, truth.devices, truth.plan
        own = len(self._people) * BROWSERS_PER_PERSON
        borrowed = (plan.device >= own) | (
            plan.device // BROWSERS_PER_PERSON != plan.person
        )
        pairs = np.column_stack([plan.device, plan.person])[borrowed]
        used = np.flatnonzero(seen[:own])
        pairs = np.concatenate(
            [np.column_stack([used, used // BROWSERS_PER_PERSON]), pairs]
        )
        pairs = np.unique(pairs, axis=0)
        self.add_records(VISITOR, pick(devices.visitors, pairs[:, 0]), pairs[:, 1])
        bots = devices.rendering_bots[seen[devices.rendering_bots]]
        bot_ids = pick(devices.visitors, bots)
        self.add_records(VISITOR, bot_ids, np.full(len(bots), -1))
        self.add_cases(
            "bots",
            [None] * len(bots),
            [VISITOR + visitor for visitor in bot_ids.to_pylist()],
            "a crawler that runs the page's scripts",
        )

        contact = crm.contacts.column("record").to_numpy()
        owner = crm.contacts.column("person").to_numpy()
        at_role = crm.contacts.column("typed").to_numpy() == TYPED.index("role_mailbox")
        note = "the company's info@ mailbox on several contacts"
        ids = [f"{CONTACT}{record}" for record in contact[at_role]]
        self.add_cases("role_mailbox", owner[at_role], ids, note)

        cast = self._people.cast
        players = np.unique(np.concatenate([p.ravel() for p in cast.players.values()]))
        records = defaultdict(list)
        playing = np.isin(owner, players)
        for person, record in zip(owner[playing], contact[playing], strict=True):
            records[person].append(f"{CONTACT}{record}")
        for person in players[account[players] > 0]:
            records[person].append(f"{CUSTOMER}{account[person]}")
        mine = pairs[np.isin(pairs[:, 1], players)]
        visitors = pick(devices.visitors, mine[:, 0]).to_pylist()
        for person, visitor in zip(mine[:, 1], visitors, strict=True):
            records[person].append(VISITOR + visitor)
        for case, instances in cast.players.items():
            for instance in instances.reshape(len(instances), -1).tolist():
                ids = dict.fromkeys(r for person in instance for r in records[person])
                self._add_case(case, instance, list(ids), _NOTES[case])

    def close(
        self, sql: duckdb.DuckDBPyConnection, totals: dict[str, int | str]
    ) -> None:
        """Write people and totals, then give all files their names."""
        sql.register("people", self._people.text)
        columns = (
            "person_id, household_id, company_id, first_name, last_name, birth_date, "
            "email, phone, country_code"
        )
        path = _partial(self._folder / "people.csv")
        copy_rows(sql, f"select {columns} from people", path)
        path = _partial(self._folder / "totals.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = [("fact", "value"), *totals.items()]
            csv.writer(file, lineterminator="\n").writerows(rows)
        self._records.close()
        self._cases.close()
        for file in self._facts.values():
            file.close()
        for name in ("records", "hard_cases", "people", "totals", *FACTS):
            final = self._folder / f"{name}.csv"
            _partial(final).replace(final)


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")
