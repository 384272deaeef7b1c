"""Faults in what sources deliver are found, and quiet nights are quiet."""

from datetime import timedelta

import numpy as np
import pytest

from tests import ledgers
from tests.compiled_models import World
from tests.ledgers import day

# Ten weeks that are known, then the month that is looked at.
KNOWN, MONTH = 70, 30
HOLIDAYS = (30, 81)
# A fault is found in time when it is told within a week; these nights of it are asked.
IN_TIME = (0, 1, 2, 6)
FAULTS = {
    "halved": (ledgers.halved, "volume", ("daily", "business", "weekly")),
    "doubled": (ledgers.doubled, "volume", ("daily", "business", "weekly")),
    "shifted": (ledgers.shifted, "source_overdue", ("daily", "business")),
    "stopped": (ledgers.stopped, "source_overdue", ("daily", "business", "weekly")),
    "emptied": (ledgers.emptied, "null_rate", ("daily", "business", "weekly")),
    "quarantined": (
        ledgers.quarantined, "quarantine_share", ("daily", "business", "weekly"),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def installation() -> list[ledgers.Delivering]:
    return ledgers.installation(np.random.default_rng(1), KNOWN + MONTH, HOLIDAYS)


def test_recall_and_precision(installation: list[ledgers.Delivering]) -> None:
    false, openings = quiet_month(installation)
    print(
        f"\nquiet: {false} false alarms in {MONTH} nights of {len(installation)} tables"
    )
    for opening in openings:
        print("  ", *opening)
    missed, injected, found = faulty_week(installation)
    for name in FAULTS:
        print(f"{name:<12} {found[name]:>3} of {injected[name]:>3} found in time")
    print("missed:", *missed)
    recall = sum(found.values()) / sum(injected.values())
    precision = sum(found.values()) / (sum(found.values()) + false)
    print(f"recall {recall:.3f}, precision {precision:.3f}")
    assert recall >= 0.95
    assert false <= 1


def quiet_month(tables: list[ledgers.Delivering]) -> tuple[int, list[tuple]]:
    """How many incidents opened in a month without faults, and which."""
    world = World()
    ledgers.give(world, tables)
    before = ledgers.alarms(world, day(KNOWN - 1))
    openings = []
    for number in range(KNOWN, KNOWN + MONTH):
        now = ledgers.alarms(world, day(number))
        openings += [(number, *incident) for incident in sorted(now - before)]
        before = now
    return len(openings), openings


def faulty_week(tables: list[ledgers.Delivering]) -> tuple[list[str], dict, dict]:
    """Each fault into each table that it can be told of, all in one week."""
    since = day(KNOWN)
    faulty, expected = list(tables), set()
    for name, (inject, kind, kinds) in FAULTS.items():
        for table in tables:
            if table.source.startswith(kinds):
                source = f"{name}_{table.source}"
                faulty.append(inject(ledgers.replace(table, source=source), since))
                expected.add((kind, source))
    world = World()
    ledgers.give(world, faulty)
    early = ledgers.alarms(world, since - timedelta(days=1)) & expected
    found = set()
    for number in IN_TIME:
        found |= ledgers.alarms(world, since + timedelta(days=number)) & expected
    found -= early

    def count(incidents: set) -> dict[str, int]:
        names = [source.partition("_")[0] for _, source in incidents]
        return {name: names.count(name) for name in FAULTS}

    return sorted(s for _, s in expected - found), count(expected), count(found)
