"""The visits that hard cases and new CRM contacts need, planned beforehand."""

from dataclasses import dataclass

import numpy as np

from ingestion.sample.catalogue import ROAD_ENDS, SEARCH_ROADS
from ingestion.sample.chance import Purpose, stream, weighted
from ingestion.sample.devices import Devices
from ingestion.sample.people import DAYS_FROM_FORM_TO_PURCHASE, NEVER, People
from ingestion.sample.scripts import BUY, SCRIPT

_BETWEEN_SIGN_INS = 3_000


@dataclass(frozen=True)
class Plan:
    """Planned visits in order of day; `second` counts from midnight."""

    day: np.ndarray
    person: np.ndarray
    device: np.ndarray
    script: np.ndarray
    road: np.ndarray
    second: np.ndarray

    def on(self, day: int) -> tuple[np.ndarray, ...]:
        """Person, browser, script, road, second of that day's visits."""
        here = slice(*np.searchsorted(self.day, [day, day + 1]))
        columns = (self.person, self.device, self.script, self.road, self.second)
        return tuple(column[here] for column in columns)


def make_plan(people: People, devices: Devices, days: int, seed: int) -> Plan:
    """Plan what must happen; everything else is drawn day by day."""
    rng = stream(seed, Purpose.PLAN)
    rows: list[tuple[np.ndarray, ...]] = []

    def add(person, day, script, *, second=None, device=None, road=None) -> None:
        count = len(person)
        if second is None:
            second = rng.integers(28_000, 75_000, count)
        if device is None:
            device = devices.used_by(person, day, rng.random(count))
        if road is None:
            road = weighted(rng, ROAD_ENDS, count)
        rows.append((day, person, device, np.full(count, script), road, second))

    cast, since = people.cast, people.contact_day
    journey = cast["contact_form_to_purchase"]
    new = np.flatnonzero((since >= 0) & (since < NEVER))
    others = np.setdiff1d(new, journey)
    found = np.array(SEARCH_ROADS)[np.arange(len(journey)) % len(SEARCH_ROADS)]
    add(journey, since[journey], SCRIPT["ask"], road=found)
    add(others, since[others], SCRIPT["ask"])
    add(journey, since[journey] + DAYS_FROM_FORM_TO_PURCHASE, BUY)

    both, junk = cast["two_currencies"], cast["junk_values"]
    day = rng.integers(0, days - 1, len(both))
    add(both, day, BUY)
    add(both, day + 1, BUY)
    add(junk, rng.integers(0, days, len(junk)), SCRIPT["browse"])

    sharing = [cast["shared_family_tablet"]] * 3 + [cast["logout_login"]]
    for pairs in sharing:
        one, other = pairs.T
        day = rng.integers(0, days, len(one))
        second = rng.integers(60_000, 72_000, len(one))
        own = devices.used_by(one, day, np.ones(len(one)))
        device = own if pairs is sharing[-1] else devices.tablets
        add(one, day, SCRIPT["family"], second=second, device=device)
        later = second + _BETWEEN_SIGN_INS
        add(other, day, SCRIPT["family"], second=later, device=device)
    columns = [np.concatenate(parts) for parts in zip(*rows, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return Plan(*(column[order] for column in columns))
