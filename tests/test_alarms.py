"""Faults in what sources deliver are found, and quiet nights are quiet."""

from collections.abc import Iterable
from dataclasses import replace
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
    "cents": (ledgers.in_cents, "money_total", ("daily", "business", "weekly")),
    "thousands": (ledgers.in_thousands, "money_total", ("daily", "business", "weekly")),
    "dearer": (ledgers.twice_the_price, "money_total", ("daily", "business", "weekly")),
    "cheaper": (ledgers.half_the_price, "money_total", ("daily", "business", "weekly")),
    "free": (ledgers.for_nothing, "money_total", ("daily", "business", "weekly")),
}  # fmt: skip


@pytest.fixture(scope="module")
def installation() -> list[ledgers.Delivering]:
    return ledgers.installation(np.random.default_rng(1), KNOWN + MONTH, HOLIDAYS)


@pytest.mark.torture
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
    of_money = [name for name, fault in FAULTS.items() if fault[1] == "money_total"]
    money = sum(found[n] for n in of_money) / sum(injected[n] for n in of_money)
    recall = sum(found.values()) / sum(injected.values())
    precision = sum(found.values()) / (sum(found.values()) + false)
    print(f"recall {recall:.3f}, of money {money:.3f}, precision {precision:.3f}")
    assert recall >= 0.95
    assert money >= 0.95
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


# --- One table, by hand.


def table(*nights: ledgers.Night, source: str = "crm") -> ledgers.Delivering:
    return ledgers.Delivering(source, nights, "deals")


def daily(days: Iterable[int], rows: int = 1000, **said: float) -> list[ledgers.Night]:
    return [ledgers.Night(day(number), rows, **said) for number in days]


def found(as_of: int, *tables: ledgers.Delivering) -> list[tuple]:
    world = World()
    ledgers.give(world, tables)
    ledgers.alarms(world, day(as_of))
    return world.rows(
        "select kind, source_name, table_name, column_name, found, expected, since_on"
        " from quality.alarms order by all"
    )


def test_a_table_is_overdue_by_its_own_rhythm() -> None:
    assert found(3, table(*daily(range(3)))) == []
    assert found(4, table(*daily(range(4)))) == [
        (
            "source_overdue", "crm", "deals", None,
            "nothing came since the night of 2026-03-05, 1 day ago",
            "a delivery at the latest 1 day after the last", day(3),
        )
    ]  # fmt: skip
    weekly = table(*daily(range(0, 35, 7)))
    assert found(34, weekly) == []
    assert [row[4] for row in found(35, weekly)] == [
        "nothing came since the night of 2026-03-30, 7 days ago"
    ]
    assert found(35 + 7 + 90, weekly) == []


def test_a_file_dated_in_the_future_silences_no_alarm() -> None:
    """Rhythms are of nights that brought something, whatever the files' own times."""
    world = World()
    ledgers.give(world, [table(*daily(range(4)))])
    world.connection.execute(
        "update raw_ledger.files set modified_at = timestamp '2035-01-01'"
    )
    assert ledgers.alarms(world, day(3)) == set()
    assert ledgers.alarms(world, day(4)) == {("source_overdue", "crm")}


def test_a_weekend_and_a_whim_are_no_fault() -> None:
    workdays = [number for number in range(56) if number % 7 < 5]
    rested = table(*daily(workdays))
    assert [found(number, rested) for number in (54, 55)] == [[], []]
    assert len(found(56, rested)) == 1
    # Twice it came two days late: that is its way, three are not.
    late = table(*daily([n for n in range(56) if n not in (20, 21, 40, 41)]))
    assert [len(found(number, late)) for number in (56, 57, 58)] == [0, 0, 1]


def test_a_holiday_of_most_sources_is_waited_for() -> None:
    tables = [table(*daily(range(40)), source=f"s{number}") for number in range(5)]
    awake = table(*daily(range(60)), source="awake")
    assert found(40, *tables, awake) == []
    assert len(found(41, *tables, awake)) == 5
    assert len(found(40, *tables[:2], awake)) == 2


def test_what_comes_after_a_gap_is_not_doubled() -> None:
    days = daily(range(60))
    assert found(61, table(*days, ledgers.Night(day(61), 2000))) == []
    assert found(60, table(*days, ledgers.Night(day(60), 2000))) == [
        (
            "volume", "crm", "deals", None, "2000 rows in the night of 2026-05-01",
            "about 1000 rows, as on the same weekday of the last 8 weeks", day(60),
        )
    ]  # fmt: skip


def test_an_incident_lasts_until_it_is_over() -> None:
    nights = [*daily(range(60)), *daily(range(60, 65), 400), *daily(range(65, 70))]
    since = {number: [row[-1] for row in found(number, table(*nights))]
             for number in (59, 60, 64, 65, 69)}  # fmt: skip
    assert since == {59: [], 60: [day(60)], 64: [day(60)], 65: [], 69: []}


def test_quarantined_rows_are_held_against_what_is_usual() -> None:
    usual = daily(range(40), quarantined=50)
    worse = ledgers.Night(day(40), 1000, quarantined=200)
    assert found(40, table(*usual, replace(worse, quarantined=100))) == []
    [row] = found(40, table(*usual, worse))
    assert row[4:6] == (
        "20.0 % of the rows (200 of 1000) were quarantined in the night of 2026-04-11",
        "at most about 5.0 %, as in the last 8 weeks",
    )


def test_rows_that_a_replay_saved_are_an_incident_no_more() -> None:
    tables = [table(*daily(range(40)), ledgers.Night(day(40), 1000, quarantined=300))]
    world = World()
    ledgers.give(world, tables)
    assert ledgers.alarms(world, day(40)) == {("quarantine_share", "crm")}
    world.connection.execute(
        "insert into raw_ledger.files by name select * replace ('z' as load_id, 0 as"
        " rows_quarantined, 1000 as rows_loaded, as_of + 1 as as_of)"
        " from raw_ledger.files where rows_quarantined > 0"
    )
    world.built[:] = [*ledgers.FROM_FILES, *ledgers.BY_NIGHT]
    assert ledgers.alarms(world, day(40)) == set()


def test_a_column_is_empty_as_never_before() -> None:
    rates = [0.1, 0.5, 0.1, 0.1, 0.1]
    some = [ledgers.Night(day(n), 1000, null_rate=rate) for n, rate in enumerate(rates)]
    assert found(5, table(*some, ledgers.Night(day(5), 1000, null_rate=0.6))) == []
    [row] = found(5, table(*some, ledgers.Night(day(5), 1000, null_rate=1.0)))
    assert row[:1] + row[3:] == (
        "null_rate", "city", "the column city is empty in 100 % of the rows",
        "at most 50 % empty, as in the loads before", day(5),
    )  # fmt: skip
    [row] = found(5, table(*some, ledgers.Night(day(5), 1000, null_rate=None)))
    assert row[4] == "the column city is gone"
    back = [ledgers.Night(day(n), 1000, null_rate=r) for n, r in ((5, 1.0), (6, 0.1))]
    assert found(6, table(*some, *back)) == []
