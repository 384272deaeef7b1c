"""A world of junk values, kiosks, family phones and broken tags stays people."""

from collections import Counter

import pytest

from tests.compiled_models import World
from tests.identity_worlds import Guarded, Score, junk_world, score


@pytest.fixture(scope="module")
def junk() -> Guarded:
    return junk_world(20_000)


def resolved(guarded: Guarded) -> Score:
    world = World()
    guarded.give_to(world)
    world.build("customer_ids")
    found = score(world, guarded)
    print(found)
    return found


def test_the_world_is_as_bad_as_it_says(junk: Guarded) -> None:
    values = Counter(
        value.strip(' "').lower() for value in junk.sightings["raw_value"].to_pylist()
    )
    for value in ("undefined", "app-default", "platz12@fernkontakt-nord.de"):
        assert values[value] >= 50, value
    assert sum(value.startswith("info@firma-") for value in values) >= 25
    records = junk.truth["record_id"].to_pylist()
    assert len(records) == len(set(records)) == junk.records.num_rows
    assert set(junk.sightings["record_id"].to_pylist()) == set(records)
    kiosks = [record for record in records if record.startswith("web.visitor:kiosk")]
    assert len(kiosks) == 120
    person = dict(zip(records, junk.truth["person"].to_pylist(), strict=True))
    islands: dict[int, set[int]] = {}
    for record, island in zip(*(c.to_pylist() for c in junk.reach), strict=True):
        islands.setdefault(island, set()).add(person[record])
    assert all(len(people) == 1 for people in islands.values())


def test_a_seed_makes_the_same_world(junk: Guarded) -> None:
    again = junk_world(20_000)
    for table in ("records", "sightings", "details", "truth", "reach"):
        assert getattr(again, table).equals(getattr(junk, table)), table


# Pairs right of those linked; right of those that true facts connect.
ENOUGH = (0.95, 0.99)


def test_junk_joins_no_people(junk: Guarded) -> None:
    found = resolved(junk)
    assert found.precision >= ENOUGH[0]
    assert found.reachable_recall >= ENOUGH[1]
    assert found.reachable_share >= 0.3


@pytest.mark.torture
def test_junk_joins_no_people_among_many() -> None:
    found = resolved(junk_world(200_000))
    assert found.precision >= ENOUGH[0]
    assert found.reachable_recall >= ENOUGH[1]
