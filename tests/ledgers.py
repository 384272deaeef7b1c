"""Ledgers as installations leave them: tables with rhythms, noise and faults."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from tests.compiled_models import World

FIRST = date(2026, 3, 2)
FILES = (
    "raw_ledger.files(file_id, source_name, table_name, path, status, message,"
    " size_bytes bigint, modified_at timestamp, rows_read bigint, rows_loaded bigint,"
    " rows_quarantined bigint, rows_repeated bigint, load_id, loaded_at timestamp,"
    " as_of date, delivery, read_as)"
)
COLUMNS = (
    "raw_ledger.columns(source_name, table_name, column_name, load_id,"
    " row_count bigint, null_count bigint, value_type, known_values, examples)"
)
TOTALS = (
    "raw_ledger.totals(source_name, table_name, column_name, file_id, load_id,"
    " currency, value_count bigint, total decimal(38,4), square_total double,"
    " largest decimal(24,4))"
)
REACH = (
    "raw_ledger.column_reach(source_name, table_name, column_name, published_columns,"
    " is_personal boolean)"
)


@dataclass(frozen=True)
class Money:
    """What so many amounts add up to, and their squares; and the largest of them."""

    values: int
    total: float
    squares: float
    largest: float

    def times(self, factor: float) -> "Money":
        """Every amount multiplied."""
        return Money(
            self.values, self.total * factor, self.squares * factor**2,
            self.largest * factor,
        )  # fmt: skip


@dataclass(frozen=True)
class Night:
    """What one table brought in one night; `null_rate` is that of its column `city`.

    `money` is what its column `total` adds up to, by currency.
    """

    on: date
    rows: int
    quarantined: int = 0
    null_rate: float | None = 0.0
    money: tuple[tuple[str | None, Money], ...] = ()


@dataclass(frozen=True)
class Delivering:
    """One table of one source, night by night."""

    source: str
    nights: tuple[Night, ...]
    table: str = "rows"


def day(number: int) -> date:
    """Nights are counted from a Monday."""
    return FIRST + timedelta(days=number)


def give(world: World, tables: Iterable[Delivering]) -> None:
    """Give the tables to a world as its ledger."""
    files, columns, totals = [], [], []
    for table in tables:
        for night in table.nights:
            load = f"{night.on:%Y%m%d}"
            at = f"{night.on} 01:00:00"
            name = f"{table.source}/{table.table}/{load}.csv"
            loaded = night.rows - night.quarantined
            files.append((
                name, table.source, table.table, name, "loaded", None, night.rows, at,
                night.rows, loaded, night.quarantined, 0, load, at, night.on,
                "incremental", "",
            ))  # fmt: skip
            seen = min(loaded, 10_000)
            some = [("id", 0), ("city", night.null_rate)]
            if any(it.money for it in table.nights):
                values = sum(money.values for _, money in night.money)
                some.append(("total", 1 - min(values / max(loaded, 1), 1)))
            columns += [
                (
                    table.source, table.table, column, load, seen, round(rate * seen),
                    "text", None, "[]",
                )
                for column, rate in some
                if rate is not None and seen
            ]  # fmt: skip
            totals += [
                (
                    table.source, table.table, "total", name, load, currency,
                    money.values, round(money.total, 4), money.squares,
                    round(money.largest, 4),
                )
                for currency, money in night.money
            ]  # fmt: skip
    # Small tables, which more threads only wait for.
    world.connection.execute("set threads = 1")
    world.give(FILES, files)
    world.give(COLUMNS, columns)
    world.give(TOTALS, totals)
    world.give(REACH, [])


def installation(
    rng: np.random.Generator, nights: int, holidays: Iterable[int]
) -> list[Delivering]:
    """A quiet one of forty sources: no two alike, none with a fault.

    Thirty deliver every night, of twenty to a hundred thousand rows, with weekends of
    their own, growth, and noise of 3 to 15 percent beside that of small numbers; every
    fifth of them, and six more, nothing on Sundays, Mondays and holidays (nights after
    a Saturday, a Sunday). Two deliver once a week, one every month, one at random.
    Every table has amounts, in one to three currencies: alike, as the cost of ads is,
    or as unlike as deals are.
    """
    kinds = ["daily"] * 24 + ["business"] * 12 + ["weekly"] * 2 + ["monthly", "random"]
    return [
        Delivering(f"{kind}_{number}", tuple(_quiet(rng, kind, nights, set(holidays))))
        for number, kind in enumerate(kinds)
    ]


def _quiet(
    rng: np.random.Generator, kind: str, nights: int, holidays: set[int]
) -> Iterable[Night]:
    level = 10 ** rng.uniform(1.3, 5)
    growth = rng.uniform(-0.03, 0.1) / 30
    noise = rng.uniform(0.03, 0.15)
    weekend = rng.uniform(0.3, 1.2)
    quarantined = rng.choice([0, 0, 0.001, 0.01, 0.05])
    empty = rng.choice([0, 0.02, 0.3, 0.6])
    rest = rng.integers(7)
    [of_money] = rng.spawn(1)
    middle, spread = 10 ** of_money.uniform(0.5, 4), of_money.uniform(0.2, 1.4)
    shares = of_money.dirichlet([4, 1, 0.2][: of_money.integers(1, 4)])
    drift = of_money.uniform(0, 0.08)
    for number in range(nights):
        weekday = number % 7
        comes = {
            "daily": True,
            "business": weekday not in (0, 6) and number not in holidays,
            "weekly": weekday == rest,
            "monthly": day(number).day == 3,
            "random": rng.random() < 0.4,
        }[kind]
        if not comes:
            continue
        mean = level * (1 + growth * number) * rng.lognormal(0, noise)
        rows = rng.poisson(mean * (weekend if weekday in (0, 6) else 1))
        spoilt = int(rng.binomial(rows, quarantined))
        price = middle * of_money.lognormal(0, drift)
        counts = of_money.multinomial(rows - spoilt, shares)
        yield Night(
            day(number), int(rows), spoilt,
            float(np.clip(empty + rng.normal(0, 0.02), 0, 1)),
            tuple(
                (currency, amounts(of_money, int(count), price, spread))
                for currency, count in zip(("EUR", "USD", "JPY"), counts, strict=False)
                if count
            ),
        )  # fmt: skip


def amounts(
    rng: np.random.Generator, count: int, middle: float, spread: float
) -> Money:
    """So many amounts, whose logarithms are normal around that of `middle`.

    Of more than 20,000 the first 20,000 stand for all.
    """
    drawn = middle * rng.lognormal(0, spread, min(count, 20_000))
    scale = count / len(drawn)
    return Money(
        count, float(drawn.sum() * scale), float((drawn**2).sum() * scale),
        float(drawn.max()),
    )  # fmt: skip


# --- Faults, from a night on.


def halved(table: Delivering, since: date) -> Delivering:
    return _changed(table, since, lambda n: _some(n, 0.5))


def doubled(table: Delivering, since: date) -> Delivering:
    return _changed(table, since, lambda n: _some(n, 2))


def _some(night: Night, share: float) -> Night:
    """With so many of its rows, and their money."""
    money = tuple(
        (currency, Money(*(int(m.values * share), m.total * share),
                         *(m.squares * share, m.largest)))
        for currency, m in night.money
    )  # fmt: skip
    return replace(night, rows=int(night.rows * share), money=money)


def in_cents(table: Delivering, since: date) -> Delivering:
    return _priced(table, since, 100)


def in_thousands(table: Delivering, since: date) -> Delivering:
    return _priced(table, since, 0.001)


def twice_the_price(table: Delivering, since: date) -> Delivering:
    return _priced(table, since, 2)


def half_the_price(table: Delivering, since: date) -> Delivering:
    return _priced(table, since, 0.5)


def for_nothing(table: Delivering, since: date) -> Delivering:
    return _priced(table, since, 0)


def in_another_currency(table: Delivering, since: date) -> Delivering:
    """All money is written as euros."""

    def mistaken(night: Night) -> Night:
        all_of_it = [money for _, money in night.money]
        sums = [sum(m.values for m in all_of_it), sum(m.total for m in all_of_it),
                sum(m.squares for m in all_of_it)]  # fmt: skip
        largest = max((m.largest for m in all_of_it), default=0)
        return replace(night, money=(("EUR", Money(*sums, largest)),) * bool(all_of_it))

    return _changed(table, since, mistaken)


def _priced(table: Delivering, since: date, factor: float) -> Delivering:
    def priced(night: Night) -> Night:
        money = tuple((c, m.times(factor)) for c, m in night.money)
        return replace(night, money=money)

    return _changed(table, since, priced)


def stopped(table: Delivering, since: date) -> Delivering:
    return replace(table, nights=tuple(n for n in table.nights if n.on < since))


def shifted(table: Delivering, since: date) -> Delivering:
    """Everything comes a day later."""
    later = timedelta(days=1)
    return _changed(table, since, lambda n: replace(n, on=n.on + later))


def emptied(table: Delivering, since: date) -> Delivering:
    return _changed(table, since, lambda n: replace(n, null_rate=1.0))


def quarantined(table: Delivering, since: date) -> Delivering:
    def spoilt(night: Night) -> Night:
        return replace(night, quarantined=max(night.quarantined, night.rows // 4))

    return _changed(table, since, spoilt)


def _changed(table: Delivering, since: date, change) -> Delivering:
    nights = tuple(change(n) if n.on >= since else n for n in table.nights)
    return replace(table, nights=nights)


# What another load changes, by the ledger alone.
FROM_FILES = [
    "stg_ledger__files", "stg_ledger__contents", "stg_ledger__nights",
    "stg_ledger__totals",
]  # fmt: skip
# What a night changes, beside the ledger: the rest is built once for a world.
BY_NIGHT = [
    "int_alarms__overdue", "int_alarms__measures", "int_alarms__volumes", "alarms",
]  # fmt: skip


def alarms(world: World, as_of: date) -> set[tuple[str, str]]:
    """Kind and source of what is wrong as of a night."""
    world.as_of = as_of.isoformat()
    world.build("alarms")
    world.built[:] = BY_NIGHT
    return set(world.rows("select kind, source_name from quality.alarms"))
