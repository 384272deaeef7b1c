"""What is bought: orders, their lines, what becomes of them, the accounts they open."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ingestion.sample.catalogue import PRICES, PRODUCTS
from ingestion.sample.chance import Purpose, pick, weighted
from ingestion.sample.delivery import DAY_MS, Calendar, Landing
from ingestion.sample.journeys import Visits
from ingestion.sample.money import RATES, exact, reported
from ingestion.sample.names import COUNTRIES
from ingestion.sample.scripts import COMPLETED, EVENT, Steps
from ingestion.sample.truth import Truth

EUR, USD = 0, 1
CURRENCIES = ["EUR", "USD"]
# What one of each currency is in pounds.
_POUNDS = np.array([float(RATES[c]) for c in CURRENCIES]) / float(RATES["GBP"])
PAID, SHIPPED, CANCELLED, REFUNDED = range(4)
STATUSES = ["paid", "shipped", "cancelled", "refunded"]
_FIRST_ORDER = 100_001
_FIRST_CUSTOMER = 500_001
_SIZES = np.cumsum([0.52, 0.27, 0.14, 0.07])
_TAX = np.array([country.tax_percent for country in COUNTRIES])
_CODES = [country.code for country in COUNTRIES]
_BRITAIN = _CODES.index("GB")
# Amounts are in cents; of a refund the currency may be another.
_MONEY = f"""
select
    'shop' as source_name, number as order_id,
    'shop.customer:' || customer as record_id, person, state,
    false as is_test, currency,
    {exact("subtotal * 10")} as items_amount,
    {exact("discount * 10")} as discount_amount,
    {exact("shipping * 10")} as shipping_amount, {exact("tax * 10")} as tax_amount,
    {exact("total * 10")} as total_amount, refund_currency,
    {exact("refund * 10")} as refund_amount,
    {reported("total * 10")} as reporting_total_amount,
    coalesce({reported("refund * 10", "refund_currency")}, 0) as reporting_refund_amount
from delivered
"""
_STATES = pa.array(["paid", "paid", "cancelled", "refunded"])


class Accounts:
    """Whose account has which number (0 for none), and the numbers to give next."""

    def __init__(self, has_account: np.ndarray) -> None:
        """Number the accounts that are older than the world."""
        holders = np.flatnonzero(has_account)
        self.number = np.zeros(len(has_account), np.int64)
        self.number[holders] = _FIRST_CUSTOMER + np.arange(len(holders))
        self.next_customer = _FIRST_CUSTOMER + len(holders)
        self.next_order = _FIRST_ORDER

    @property
    def order_count(self) -> int:
        """How many orders were placed so far."""
        return self.next_order - _FIRST_ORDER

    def customer_of(
        self, person: np.ndarray, opens_account: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The shop's customer for each buyer, and whether it had to be made.

        Who neither has nor opens an account becomes a new guest with each order.
        """
        known = np.where(opens_account, self.number[person], 0)
        is_new = known == 0
        number = known.copy()
        number[is_new] = self.next_customer + np.arange(is_new.sum())
        self.next_customer += int(is_new.sum())
        self.number[person[opens_account]] = number[opens_account]
        return number, is_new


@dataclass(frozen=True)
class Orders:
    """The orders begun on one day, an entry each; money in cents, times in ms.

    `visit` is -1 at the till; `file_day` is the day of the first file that has it.
    Lines are entries of their own, `line_order` says of which order.
    """

    number: np.ndarray
    person: np.ndarray
    customer: np.ndarray
    is_new_customer: np.ndarray
    is_guest: np.ndarray
    visit: np.ndarray
    placed: np.ndarray
    file_day: np.ndarray
    currency: np.ndarray
    subtotal: np.ndarray
    discount: np.ndarray
    shipping: np.ndarray
    tax: np.ndarray
    total: np.ndarray
    line_order: np.ndarray
    line_number: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    unit_price: np.ndarray
    line_discount: np.ndarray

    def __len__(self) -> int:
        """How many orders there are."""
        return len(self.number)


@dataclass(frozen=True)
class Changes:
    """Later states of orders; `order` is the entry of `Orders`, `at` is in ms.

    `refund` is in the order's currency, but in pounds where it `is_abroad`.
    """

    order: np.ndarray
    status: np.ndarray
    file_day: np.ndarray
    at: np.ndarray
    refund: np.ndarray
    is_abroad: np.ndarray


def place_orders(
    truth: Truth,
    accounts: Accounts,
    visits: Visits,
    steps: Steps,
    *,
    at_till: np.ndarray,
    day: int,
) -> Orders:
    """Turn the day's buying visits and till sales into orders."""
    people, calendar = truth.people, truth.calendar
    rng = truth.stream(Purpose.ORDERS, day)
    completed = np.flatnonzero(EVENT[steps.step] == COMPLETED)
    visit = np.r_[steps.visit[completed], np.full(len(at_till), -1)]
    is_web = visit >= 0
    till_seconds = rng.integers(9 * 3600, 19 * 3600, len(at_till))
    placed = np.r_[steps.time[completed], calendar.start(day) + till_seconds * 1000]
    person = np.r_[visits.person[visit[is_web]], at_till]
    count = len(person)
    number = accounts.next_order + np.arange(count)
    accounts.next_order += count
    keeps_account = (accounts.number[person] > 0) | people.wants_account[person]
    keeps_account &= is_web
    customer, is_new = accounts.customer_of(person, keeps_account)

    country = people.country[person]
    currency = np.where(country == _CODES.index("US"), USD, EUR)
    # The British shop asks in euros on even days, in dollars on odd ones.
    currency[country == _BRITAIN] = EUR if day % 2 == 0 else USD

    size = weighted(rng, _SIZES, count) + 1
    ends = np.cumsum(size)
    order = np.repeat(np.arange(count), size)
    line = np.arange(len(order)) - (ends - size)[order]
    product = rng.integers(0, len(PRODUCTS), len(order))
    looked_at = is_web[order] & (line == 0)
    product[looked_at] = visits.product[visit[order[looked_at]]]
    quantity = weighted(rng, np.cumsum([0.8, 0.15, 0.05]), len(order)) + 1
    price = np.where(
        currency[order] == USD, PRICES[product] * 11 // 10, PRICES[product]
    )
    has_coupon = rng.random(count) < 0.15
    off = np.where(has_coupon[order], (quantity * price + 5) // 10, 0)
    subtotal = _sum_per(order, quantity * price, count)
    discount = _sum_per(order, off, count)
    net = subtotal - discount
    shipping = np.where(is_web & (net < 10_000), 490, 0)
    tax = ((net + shipping) * _TAX[country] + 50) // 100

    placed_day = calendar.day_of(placed)
    late = number % 200 == (_FIRST_ORDER + 6) % 200
    file_day = placed_day + np.where(late, 1 + number // 200 % 3, 0)
    return Orders(
        *(number, person, customer, is_new, ~keeps_account, visit, placed),
        *(np.minimum(file_day, calendar.last), currency, subtotal, discount),
        *(shipping, tax, net + shipping + tax, order, line + 1, product),
        *(quantity, price, off),
    )


def later_changes(orders: Orders, calendar: Calendar, country: np.ndarray) -> Changes:
    """Shipping, cancelling, refunding of the day's orders, each with its file's day."""
    serial = orders.number - _FIRST_ORDER
    entry = np.arange(len(orders))
    cancelled = serial % 33 == 5
    refunded = (serial % 16 == 2) & ~cancelled
    first_day = orders.file_day + 1 + np.where(cancelled, 0, serial % 3)
    second_day = first_day + 1 + serial // 16 % 8
    order = np.r_[entry, entry[refunded]]
    file_day = np.r_[first_day, second_day[refunded]]
    status = np.r_[
        np.where(cancelled, CANCELLED, SHIPPED), np.full(refunded.sum(), REFUNDED)
    ]
    partly = serial % 3 == 0
    refund = np.where(partly, orders.total // 2, orders.total)[order]
    # The British are given their money back in pounds, at the company's rates.
    is_abroad = (status == REFUNDED) & (country[orders.person[order]] == _BRITAIN)
    pounds = refund * _POUNDS[orders.currency[order]]
    refund = np.where(is_abroad, np.rint(pounds).astype(np.int64), refund)
    office_hour = (7 * 3600 + serial[order] * 977 % 36_000) * 1000
    at = calendar.start(0) + file_day * DAY_MS + office_hour
    kept = file_day <= calendar.last
    return Changes(*(a[kept] for a in (order, status, file_day, at, refund, is_abroad)))


def money_of(landing: Landing, orders: Orders, changes: Changes) -> pa.Table:
    """What the day's orders come to in the end, as rows of the answer key's money."""
    status = np.full(len(orders), PAID)
    # Shipping comes before a refund, and a cancelled order is not shipped.
    for later in (SHIPPED, CANCELLED, REFUNDED):
        status[changes.order[changes.status == later]] = later
    refunded = changes.status == REFUNDED
    refund = np.zeros(len(orders), np.int64)
    refund[changes.order[refunded]] = changes.refund[refunded]
    currency = orders.currency.copy()
    currency[changes.order[changes.is_abroad]] = len(CURRENCIES)
    has_refund = refund > 0
    codes = pa.array([*CURRENCIES, "GBP"])
    columns = (
        *("number", "customer", "person"),
        *("subtotal", "discount", "shipping", "tax", "total"),
    )
    rows = pa.table(
        {
            **{name: getattr(orders, name) for name in columns},
            "state": pick(_STATES, status),
            "currency": pick(codes, orders.currency),
            "refund": pa.array(refund, mask=~has_refund),
            "refund_currency": pick(codes, currency, has_refund),
        }
    )
    return landing.select(_MONEY, rows)


def _sum_per(group: np.ndarray, values: np.ndarray, groups: int) -> np.ndarray:
    # Sums of cents stay far below 2**53, so the floats of bincount are exact.
    return np.bincount(group, values, groups).astype(np.int64)
