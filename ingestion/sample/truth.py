"""Everything that is settled before the first day, of which sources see only parts."""

from dataclasses import dataclass

import duckdb
import numpy as np

from ingestion.sample.chance import Purpose, stream
from ingestion.sample.crm import Crm, make_crm
from ingestion.sample.delivery import Calendar
from ingestion.sample.devices import Devices, make_devices
from ingestion.sample.people import People, make_people
from ingestion.sample.plan import Plan, make_plan


@dataclass(frozen=True)
class Truth:
    """The hidden world as it stands before its first day."""

    calendar: Calendar
    seed: int
    people: People
    devices: Devices
    plan: Plan
    crm: Crm

    def stream(self, purpose: Purpose, day: int) -> np.random.Generator:
        """The random stream of one purpose on one day."""
        return stream(self.seed, purpose, day)


def make_truth(
    sql: duckdb.DuckDBPyConnection, customers: int, calendar: Calendar, seed: int
) -> Truth:
    """Invent the hidden world of `customers` people."""
    people = make_people(sql, customers, calendar.days, seed)
    devices = make_devices(sql, people, calendar.days, seed)
    plan = make_plan(people, devices, calendar.days, seed)
    return Truth(
        calendar, seed, people, devices, plan, make_crm(people, calendar, seed)
    )
