"""Totals of money that are off are told, once, and what is usual for them is not.

Most of these are what users of other tools report of checks on sums.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import numpy as np
import pytest

from ingestion.files.load import load_source
from ingestion.files.totals import MoneyTotal, totals
from ingestion.settings import Settings
from ingestion.sources import all_sources, google_ads, shop
from ingestion.tables import Amount, Column, Source, Table
from tests import ledgers
from tests.compiled_models import World
from tests.conftest import Home
from tests.ledgers import Delivering, Money, Night, day

EUROS = 20_000.0


def sold(rows: int, total: float, largest: float | None = None) -> Money:
    """So many amounts, all alike but the largest."""
    largest = total / rows if largest is None else largest
    squares = (total - largest) ** 2 / max(rows - 1, 1) + largest**2
    return Money(rows, total, squares, largest)


def nights(
    days: Iterable[int], *money: tuple[str | None, Money], rows: int = 1000
) -> list[Night]:
    money = money or (("EUR", sold(rows, EUROS)),)
    return [Night(day(number), rows, money=money) for number in days]


def euros(number: int, total: float, **said) -> Night:
    [night] = nights([number], ("EUR", sold(1000, total, **said)))
    return night


def found(as_of: int, *some: Night) -> list[tuple]:
    return found_of(as_of, Delivering("shop", some, "orders"))


def found_of(as_of: int, *tables: Delivering) -> list[tuple]:
    world = World()
    ledgers.give(world, tables)
    ledgers.alarms(world, day(as_of))
    return world.rows(
        "select kind, column_name, found, expected, since_on from quality.alarms"
        " order by all"
    )


def test_a_total_is_told_in_words() -> None:
    assert found(60, *nights(range(61))) == []
    assert found(60, *nights(range(60)), euros(60, 100 * EUROS)) == [
        (
            "money_total", "total",
            "2000000.00 EUR in total in the night of 2026-05-01",
            "about 20000.00 EUR, as on the same weekday of the last 8 weeks", day(60),
        )
    ]  # fmt: skip
    [row] = found(60, *nights(range(60)), euros(60, 0))
    assert row[2] == "0.00 EUR in total in the night of 2026-05-01"
    # Nothing at all in the only currency: the table came, its money did not.
    [row] = found(60, *nights(range(60)), Night(day(60), 1000))
    assert row[0] == "null_rate"


def test_currencies_are_not_summed() -> None:
    """Euros that go missing are one percent of the digits beside yen."""
    both = [("EUR", sold(500, 10_000)), ("JPY", sold(500, 1_000_000))]
    usual = nights(range(60), *both)
    [row] = found(60, *usual, *nights([60], ("EUR", sold(500, 10)), both[1]))
    assert row[2:4] == (
        "10.00 EUR in total in the night of 2026-05-01",
        "about 10000.00 EUR, as on the same weekday of the last 8 weeks",
    )
    # All of it said to be euros: one incident, and the other currency is mentioned.
    [row] = found(60, *usual, *nights([60], ("EUR", sold(1000, 1_010_000))))
    assert row[2] in (
        "0.00 JPY in total, and one more currency off in the night of 2026-05-01",
        "1010000.00 EUR in total, and one more currency off in the night of 2026-05-01",
    )
    unnamed = nights(range(60), (None, sold(1000, EUROS)))
    [row] = found(60, *unnamed, *nights([60], (None, sold(1000, 9 * EUROS))))
    assert row[2].startswith("180000.00 in total in")


def test_a_night_is_not_what_it_is_held_against() -> None:
    """Nor does a fault that lasts excuse itself, nor its end make an alarm."""
    faulty = [euros(number, 0.4 * EUROS) for number in range(60, 75)]
    mended = nights(range(75, 100))
    for number, since in ((60, [60]), (74, [60]), (75, []), (99, [])):
        rows = found(number, *nights(range(60)), *faulty, *mended)
        assert [row[-1] for row in rows] == [day(n) for n in since], number


def test_totals_that_never_change_may_change_a_little() -> None:
    """Where they do not vary at all, every cent is many standard deviations."""
    for share in (1.0001, 1.01, 1.3, 0.8):
        assert found(60, *nights(range(60)), euros(60, share * EUROS)) == [], share


def test_a_fall_of_rows_and_money_is_one_incident() -> None:
    usual = Delivering("shop", tuple(nights(range(70))), "orders")
    for fault, kind in (
        (ledgers.halved, "volume"), (ledgers.doubled, "volume"),
        (ledgers.stopped, "source_overdue"),
    ):  # fmt: skip
        for number in (60, 61, 66):
            rows = found_of(number, fault(usual, day(60)))
            assert [row[0] for row in rows] == [kind], (fault, number)
    lost = [replace(night, quarantined=600, money=(("EUR", sold(400, 8000)),))
            for night in nights(range(60, 62))]  # fmt: skip
    rows = found(61, *nights(range(60)), *lost)
    assert [row[0] for row in rows] == ["quarantine_share"]
    empty = [Night(day(number), 1000) for number in range(60, 62)]
    rows = found(61, *nights(range(60)), *empty)
    assert [row[:2] for row in rows] == [("null_rate", "total")]
    # Half of the rows, and cents: both are wrong.
    both = Night(day(60), 500, money=(("EUR", sold(500, 50 * EUROS)),))
    rows = found(60, *nights(range(60)), both)
    assert [row[0] for row in rows] == ["money_total", "volume"]


def test_rows_that_move_to_another_currency_explain_nothing() -> None:
    """Whoever holds a sum against its own rows finds neither."""
    both = [("EUR", sold(600, 12_000)), ("USD", sold(400, 8000))]
    moved = [("EUR", sold(10, 200)), ("USD", sold(990, 19_800))]
    [row] = found(60, *nights(range(60), *both), *nights([60], *moved))
    assert row[0] == "money_total"
    assert row[2].startswith("200.00 EUR in total, and one more currency off")


def test_what_is_new_is_not_held_against_zeros() -> None:
    """Neither at once, nor while zeros and values are half of what is known."""
    euro, dollar = ("EUR", sold(500, 10_000)), ("USD", sold(500, 10_000))
    before, after = nights(range(60), euro), nights(range(60, 100), euro, dollar)
    unwatched = [Night(day(number), 1000) for number in range(60)]
    for number in range(60, 100, 3):
        assert found(number, *before, *after) == [], number
        rows = found(number, *unwatched, *nights(range(60, 100)))
        assert [row[0] for row in rows if row[0] == "money_total"] == [], number
    # A currency that is rare may be there or not.
    rare = [nights([n], euro, ("JPY", sold(1, 9000, 9000)))[0] if n % 9 == 0
            else nights([n], euro)[0] for n in range(80)]  # fmt: skip
    for number in range(62, 80, 2):
        assert found(number, *rare) == [], number


def test_one_large_order_is_told_where_orders_are_alike() -> None:
    large = euros(60, 4 * EUROS, largest=3 * EUROS)
    [row] = found(60, *nights(range(60)), large)
    assert row[2] == (
        "80000.00 EUR in total, 75 % of it in one row in the night of 2026-05-01"
    )
    # Where a night is made of few large ones, such a night is usual.
    rng = np.random.default_rng(3)
    uneven = [
        Night(day(n), 40, money=(("EUR", ledgers.amounts(rng, 40, 5000, 1.6)),))
        for n in range(60)
    ]
    usual = float(np.median([night.money[0][1].total for night in uneven]))
    money = (("EUR", sold(40, 2.5 * usual, 1.5 * usual)),)
    assert found(60, *uneven, Night(day(60), 40, money=money)) == []


def test_what_comes_after_a_gap_is_not_too_much() -> None:
    days = nights(range(60))
    double = Night(day(61), 2000, money=(("EUR", sold(2000, 2 * EUROS)),))
    assert found(61, *days, double) == []


def test_a_weekend_is_held_against_weekends() -> None:
    def level(number: int) -> float:
        return EUROS * (0.2 if number % 7 in (5, 6) else 1)

    usual = [euros(number, level(number)) for number in range(70)]
    assert found(62, *usual[:63]) == []
    assert found(68, *usual[:69]) == []
    [row] = found(68, *usual[:68], euros(68, EUROS))
    assert row[3].startswith("about 4000.00 EUR")


def test_rows_that_a_replay_saved_count_in_their_first_night() -> None:
    world = World()
    less = Night(day(60), 1000, 600, money=(("EUR", sold(400, 100)),))
    ledgers.give(world, [Delivering("shop", (*nights(range(60)), less), "orders")])
    assert ledgers.alarms(world, day(60)) == {
        ("money_total", "shop"), ("quarantine_share", "shop"),
    }  # fmt: skip
    for table in ("files", "totals"):
        said = {
            "files": "0 as rows_quarantined, 1000 as rows_loaded, as_of + 1 as as_of",
            "totals": "1000 as value_count, 20000 as total",
        }[table]
        world.connection.execute(
            f"insert into raw_ledger.{table} by name select * replace ('z' as load_id,"
            f" {said}) from raw_ledger.{table} where load_id = '20260501'"
        )
    world.built[:] = [*ledgers.FROM_FILES, *ledgers.BY_NIGHT]
    assert ledgers.alarms(world, day(60)) == set()


# --- Where totals come from.

TILL = Source(
    "till", "What a till wrote.",
    (
        Table(
            "sales", "sales/*",
            tuple(map(Column, ("day", "amount", "net", "currency", "money"))),
            totals=("Total",),
        ),
    ),
    (Amount("sales", "amount"), Amount("sales", "net", "money")),
)  # fmt: skip


def summed(*rows: tuple, repeated: int = 1) -> list[tuple]:
    """Totals of a load of rows (file, day, amount, net, currency, money)."""
    with duckdb.connect() as connection:
        connection.execute(
            "create schema raw_till; create table raw_till.sales (_file_id text,"
            " day text, amount text, net text, currency text, money text)"
        )
        connection.executemany(
            "insert into raw_till.sales values (?, ?, ?, ?, ?, ?)", rows
        )
        connection.execute(
            "create or replace table raw_till.sales as select *, 'now' as _load_id from"
            f" raw_till.sales, range({repeated}) union all by name select 'f' as"
            " _file_id, '5' as amount, 'EUR' as currency, 'before' as _load_id"
        )
        found = totals(connection, TILL, TILL.tables[0], "now")
    assert all(isinstance(total, MoneyTotal) for total in found)
    return [
        (t.column_name, t.file_id, t.currency, t.value_count, t.total, t.largest)
        for t in found
    ]


def test_amounts_are_summed_by_file_currency_and_without_signs() -> None:
    assert summed(
        ("f", "1", "10.50", "8", "EUR", "usd"),
        ("f", "1", "-2.25", None, "eur ", "usd"),
        ("f", "2", "3", "2", "EUR", None),
        ("f", "2", "", "word", "", "€"),
        ("g", "2", "1000", None, "Euro", None),
        ("g", "Total", "9999", "9999", "EUR", "USD"),
    ) == [
        ("amount", "f", "EUR", 3, Decimal("15.7500"), Decimal("10.5000")),
        ("amount", "g", None, 1, Decimal(1000), Decimal(1000)),
        ("net", "f", "USD", 1, Decimal(8), Decimal(8)),
        ("net", "f", None, 1, Decimal(2), Decimal(2)),
    ]


def test_neither_large_amounts_nor_many_overflow() -> None:
    most = "99999999999999999999.9999"
    wide = [("f", "1", most, None, "EUR", None)] * 4
    [row] = summed(*wide, repeated=50_000)
    assert row[3:5] == (200_000, 200_000 * Decimal(most))
    # What no column of money can hold, and what is no number, is no amount.
    odd = ["1" + most, "NaN", "inf", "1e400", "ten"]
    assert summed(*[("f", "1", text, None, "EUR", None) for text in odd]) == []


def test_a_load_writes_the_totals_of_all_its_rows(home: Home) -> None:
    """Of more than the ten thousand that a profile looks at, in the dialect it has."""
    head = "refund_id;order_id;amount;currency;refunded_at\n"
    rows = (f"r{n};o{n};-1.234,50;EUR;2026-06-30T10:00:00Z\n" for n in range(12_000))
    home.deliver("shop/refunds/2026-07-01.csv", head + "".join(rows))
    home.deliver(
        "google_ads/campaigns/1.csv",
        "Day,Campaign ID,Campaign,Currency code,Cost\n"
        "2026-06-30,1,a,EUR,7.25\n2026-06-30,2,b,EUR,1.00\nTotal: Account,,,EUR,8.25\n",
    )
    for source in (shop.SOURCE, google_ads.SOURCE, shop.SOURCE):
        load_source(Settings(home=home.path), source, date(2026, 7, 1))
    assert home.warehouse(
        "select source_name, table_name, column_name, currency, value_count, total,"
        " file_id = (select any_value(file_id) from raw_ledger.files as files"
        " where files.source_name = totals.source_name)"
        " from raw_ledger.totals as totals order by all"
    ) == [
        *[("google_ads", "campaigns", "cost", "EUR", 2, Decimal("8.2500"), True)],
        *[("shop", "refunds", "amount", "EUR", 12_000, Decimal(14_814_000), True)],
    ]


@pytest.mark.parametrize("source", all_sources(), ids=lambda source: source.name)
def test_what_a_source_calls_money_is_a_number_of_its_own(source: Source) -> None:
    columns = {
        (table.name, column.name): column.kind
        for table in source.tables
        for column in table.columns
    }
    for amount in source.amounts:
        assert columns[amount.table, amount.column] in ("decimal", "integer")
        assert columns[amount.table, amount.currency] == "text"


def test_orders_refunds_charges_ad_costs_and_deals_are_watched() -> None:
    watched = {
        f"{source.name}.{amount.table}"
        for source in all_sources()
        for amount in source.amounts
    }
    assert watched == {
        "shop.orders", "shop.refunds", "shopify.orders", "stripe.charges",
        "stripe.refunds", "google_ads.campaigns", "meta_ads.campaigns",
        "microsoft_ads.campaigns", "linkedin_ads.campaigns", "hubspot.deals",
        "pipedrive.deals", "salesforce.opportunities",
    }  # fmt: skip
