"""Who is who depends on what was delivered: not on its order, batches or nights.

Hundreds of small random worlds with names of their own stand side by side in one
warehouse, so that one build answers for all of them.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import networkx
import pyarrow as pa
import pytest

from ingestion.settings import Settings
from orchestration import registry
from tests.compiled_models import World, partition
from tests.identity_worlds import give_nothing_else

WORLDS = 200
DAYS = 9
FIRST_DAY = datetime(2026, 6, 1)
GIVEN = ("Ann", "anna", "Bob", "Robert", "Eve", None)
FAMILY = ("Lee", "Ott", "lee ", None)
KEY = {
    "hubspot.contact": "hubspot_contact_id",
    "shop.customer": "shop_customer_id",
    "web.visitor": "anonymous_id",
}

# Columns of what a record was seen with; then the day it was delivered on.
Sighting = tuple[str, str, str, str | None, str | None, int]


def random_world(name: str, chance: random.Random) -> list[Sighting]:
    """Up to 24 records that share e-mails, phones, accounts and merges at will.

    Some come in two versions, with another name.
    """
    found: list[Sighting] = []
    records = [
        (chance.choice([*KEY, "hubspot.contact"]), f"{name}r{number}")
        for number in range(chance.randint(2, 24))
    ]
    accounts = [key for kind, key in records if kind == "shop.customer"] or [name]
    contacts = [key for kind, key in records if kind == "hubspot.contact"] or [name]
    emails = [f"{mail}.{name}@gmx.de" for mail in "abcdef"[: chance.randint(1, 6)]]
    phones = [f"0151 {300 + n} {1000 + int(name[1:])}" for n in range(3)]
    for kind, key in records:
        given, family = chance.choice(GIVEN), chance.choice(FAMILY)
        values = [(KEY[kind], key)]
        if kind == "web.visitor":
            given = family = None
            values += chance.choice(
                [
                    [],
                    [("shop_customer_id", chance.choice([*accounts, "undefined"]))],
                    [("email", chance.choice(emails))],
                ]
            )
        else:
            values += [
                ("email", chance.choice([*emails, "n/a", f"info@{name}.de"]))
                for _ in range(chance.choice((0, 1, 1, 2)))
            ]
            if chance.random() < 0.5:
                values.append(("phone", chance.choice([*phones, "000-000"])))
            if kind == "hubspot.contact" and chance.random() < 0.2:
                values.append((KEY[kind], chance.choice(contacts)))
        found += [
            (f"{kind}:{key}", what, value, given, family, chance.randrange(DAYS))
            for what, value in values
        ]
        if given and chance.random() < 0.4:
            later = chance.randrange(DAYS)
            other = chance.choice(GIVEN[:-1]), chance.choice(FAMILY)
            found += [
                (f"{kind}:{key}", what, value, *other, later)
                for what, value in chance.sample(values, len(values) - 1)
            ]
    return found


@pytest.fixture(
    scope="module",
    params=[0, *(pytest.param(n, marks=pytest.mark.torture) for n in range(1, 20))],
)
def sightings(request: pytest.FixtureRequest) -> list[Sighting]:
    return [
        sighting
        for number in range(WORLDS)
        for sighting in random_world(
            f"w{number}", random.Random(WORLDS * request.param + number)
        )
    ]


def keys_in_order(sightings: Iterable[Sighting]) -> dict[str, int]:
    """The key of each record, in the order of its first day."""
    first: dict[str, int] = {}
    for record, *_, day in sightings:
        first[record] = min(day, first.get(record, DAYS))
    ordered = sorted(first, key=lambda record: (first[record], record))
    return {record: number + 1 for number, record in enumerate(ordered)}


def give(world: World, sightings: list[Sighting], keys: dict[str, int]) -> None:
    """Put sightings, and the records and details that follow, in the order given."""
    at = {day: FIRST_DAY + timedelta(days=day) for day in range(DAYS)}
    columns = list(zip(*sightings, strict=True))
    days = [at[day] for day in columns[5]]
    world.give(
        "identity.int_identity__sightings",
        pa.table(
            {
                "record_id": columns[0],
                "identifier_kind": columns[1],
                "raw_value": columns[2],
                "first_name": pa.array(columns[3], pa.string()),
                "last_name": pa.array(columns[4], pa.string()),
                "country_code": ["DE"] * len(days),
                "seen_at": days,
                "last_seen_at": days,
                "file_id": ["file"] * len(days),
                "line": [hash_of(sighting) for sighting in sightings],
            }
        ),
    )
    seen: dict[str, list] = {}
    for record, _, _, given, family, day in sightings:
        row = seen.setdefault(record, [record, at[day], at[day], given, family])
        row[1:3] = min(row[1], at[day]), max(row[2], at[day])
    rows = list(seen.values())
    names = [record for record, *_ in rows]
    world.give(
        "identity.records",
        pa.table(
            {
                "record_id": names,
                "record_key": [keys[name] for name in names],
                "source_name": [name.partition(".")[0] for name in names],
                "record_type": [
                    name.partition(":")[0].partition(".")[2] for name in names
                ],
                "source_key": [name.partition(":")[2] for name in names],
                "first_seen_at": [row[1] for row in rows],
                "last_seen_at": [row[2] for row in rows],
                "is_gone": [False] * len(rows),
            }
        ),
    )
    world.give(
        "identity.int_identity__details(record_key bigint, record_id, source_name,"
        " given_names, family_name, only_name, birth_date, email, phone, street, city,"
        " postal_code, state, country_code, national_id, company_name,"
        " seen_at timestamp)",
        [
            (keys[row[0]], row[0], row[0].partition(".")[0], row[3], row[4])
            + (None,) * 11
            + (row[2],)
            for row in rows
            if row[3] or row[4]
        ],
    )


def hash_of(sighting: Sighting) -> int:
    """A line number that stays with its sighting."""
    return random.Random(repr(sighting)).randrange(1, 10**6)


def customers(world: World) -> dict[str, str]:
    world.build("customer_ids", "customer_id_history", "links")
    return dict(world.rows("select record_id, customer_id from identity.customer_ids"))


def one_night(sightings: list[Sighting], keys: dict[str, int]) -> World:
    world = World()
    give_nothing_else(world)
    give(world, sightings, keys)
    return world


@pytest.fixture(scope="module")
def straight(sightings: list[Sighting]) -> World:
    world = one_night(sightings, keys_in_order(sightings))
    customers(world)
    return world


@pytest.fixture(scope="module")
def expected(straight: World) -> dict[str, str]:
    return dict(
        straight.rows("select record_id, customer_id from identity.customer_ids")
    )


def test_worlds_are_neither_dust_nor_one_lump(expected: dict[str, str]) -> None:
    sizes = [len(records) for records in partition(expected.items())]
    assert len(expected) > 10 * WORLDS
    assert sum(size > 1 for size in sizes) > WORLDS
    assert max(sizes) <= 24
    worlds = {frozenset(r.partition(":")[2].partition("r")[0] for r in records)
              for records in partition(expected.items())}  # fmt: skip
    assert all(len(names) == 1 for names in worlds)


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_rows_does_not_matter(
    sightings: list[Sighting], expected: dict[str, str], seed: int
) -> None:
    shuffled = random.Random(seed).sample(sightings, len(sightings))
    assert customers(one_night(shuffled, keys_in_order(sightings))) == expected


def test_the_order_in_which_records_got_their_keys_does_not_matter(
    sightings: list[Sighting], expected: dict[str, str]
) -> None:
    keys = keys_in_order(sightings)
    drawn = random.Random(1).sample(list(keys.values()), len(keys))
    found = customers(one_night(sightings, dict(zip(keys, drawn, strict=True))))
    assert partition(found.items()) == partition(expected.items())


def test_customers_are_what_links_connect(
    straight: World, expected: dict[str, str]
) -> None:
    graph = networkx.Graph(
        straight.rows("select record_id_a, record_id_b from identity.links")
    )
    graph.add_nodes_from(expected)
    connected = {frozenset(c) for c in networkx.connected_components(graph)}
    assert connected == partition(expected.items())


@pytest.mark.parametrize("last_days", [(8,), (2, 5, 8), (0, 1, 4, 7, 8)])
def test_days_in_other_batches_give_the_same_people_and_keep_their_ids(
    sightings: list[Sighting],
    expected: dict[str, str],
    tmp_path: Path,
    last_days: tuple[int, ...],
) -> None:
    settings = Settings(home=tmp_path)
    world = World()
    give_nothing_else(world)
    columns, _ = registry.TABLES["identity_accuracy"]
    world.give(f"quality.identity_accuracy({columns})", [])
    registry.restore(world.connection, settings)
    keys: dict[str, int] = {}
    before: dict[str, str] = {}
    born: dict[str, int] = {}
    for number, last_day in enumerate(last_days):
        night = date(2026, 7, 1) - timedelta(days=len(last_days) - 1 - number)
        world.as_of = night.isoformat()
        known = [sighting for sighting in sightings if sighting[5] <= last_day]
        for record, key in keys_in_order(known).items():
            keys.setdefault(record, 10_000 * number + key)
        give(world, known, keys)
        found = customers(world)
        registry.export(world.connection, settings, night)
        registry.restore(world.connection, settings)
        assert customers(world) == found, "the night repeated gives other ids"
        check_heirs(before, found, born)
        before = found
        born = {customer: number for customer in found.values()} | born
    assert partition(before.items()) == partition(expected.items())


def check_heirs(
    before: dict[str, str], after: dict[str, str], born: dict[str, int]
) -> None:
    """An id stays with most of its records, or gives way there to one no younger.

    A contact or an account outweighs its browsers.
    """
    shares: dict[str, Counter[str]] = defaultdict(Counter)
    for record, customer in before.items():
        shares[customer][after[record]] += 1 if "visitor" in record else 100
    for customer, share in shares.items():
        heirs = {heir for heir, most in share.items() if most == max(share.values())}
        elder = {heir for heir in heirs if born.get(heir, 99) <= born[customer]}
        assert customer in heirs or elder, "an id is lost without an heir as old"
