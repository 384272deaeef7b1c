"""The shop's nightly exports: customers, orders, order lines, refunds."""

import numpy as np
import pyarrow as pa

from ingestion.sample.catalogue import PRODUCTS, TILL_EMAIL
from ingestion.sample.chance import pick
from ingestion.sample.delivery import Landing, Waiting
from ingestion.sample.orders import (
    CURRENCIES,
    PAID,
    REFUNDED,
    STATUSES,
    Changes,
    Orders,
)
from ingestion.sample.people import People

_REASONS = ["damaged", "wrong size", "changed mind", "late delivery"]
AT_DESK, TILL_EMAIL_USED, TILL_NO_EMAIL = range(3)

_TIME = "strftime(make_timestamp_ms({}), '%Y-%m-%dT%H:%M:%SZ')"
_CUSTOMERS = f"""
select
    customer_id,
    case entry when {TILL_EMAIL_USED} then '{TILL_EMAIL}'
        when {AT_DESK} then email end as email,
    first_name,
    last_name,
    if(entry = {AT_DESK}, phone, null) as phone,
    if(knows_birth, birth_date, null) as birth_date,
    if(entry = {AT_DESK}, street, null) as street,
    if(entry = {AT_DESK}, city, null) as city,
    if(entry = {AT_DESK}, postal_code, null) as postal_code,
    country_code,
    accepts_marketing,
    is_guest,
    {_TIME.format("created")} as created_at,
    {_TIME.format("updated")} as updated_at
from delivered
"""


def _money(column: str) -> str:
    return (
        f"({column}::decimal(16, 0) * 0.01::decimal(3, 2))::decimal(18, 2) as {column}"
    )


_ORDERS = f"""
select
    order_id,
    customer_id,
    email,
    status,
    channel,
    currency,
    {_money("subtotal")},
    {_money("discount")},
    {_money("shipping")},
    {_money("tax")},
    {_money("total")},
    {_TIME.format("ordered")} as ordered_at,
    {_TIME.format("updated")} as updated_at
from delivered
"""
_LINES = f"""
select
    order_id,
    line_number,
    sku,
    product_name,
    category,
    quantity,
    {_money("unit_price")},
    {_money("discount")},
    {_money("line_total")}
from delivered
"""
_REFUNDS = f"""
select refund_id, order_id, {_money("amount")}, currency, reason,
    {_TIME.format("refunded")} as refunded_at
from delivered
"""
_ARTICLES = {
    "sku": pa.array([product.sku for product in PRODUCTS]),
    "product_name": pa.array([product.name for product in PRODUCTS]),
    "category": pa.array([product.category for product in PRODUCTS]),
}


class ShopExports:
    """What the shop still has to export; rows wait here for the file of their day."""

    def __init__(self, landing: Landing, people: People) -> None:
        """Start with nothing to export."""
        self.landing = landing
        self._people = people
        self.calendar = landing.calendar
        last = landing.calendar.last
        self._waiting = {
            name: Waiting(last)
            for name in ("customers", "orders", "order_lines", "refunds")
        }

    def add_customers(
        self,
        person: np.ndarray,
        customer: np.ndarray,
        *,
        is_guest: np.ndarray,
        entry: np.ndarray,
        created: np.ndarray,
        updated: np.ndarray,
        file_day: np.ndarray,
    ) -> None:
        """Export shop customers; `entry` says how their details were taken down."""
        people = self._people
        flips = people.restated_on[person] <= file_day
        rows = {
            "customer_id": customer,
            "email": people.email_on(file_day, person),
            **{
                name: pick(people.column(source), person)
                for name, source in (
                    ("first_name", "first_name"),
                    ("last_name", "last_name"),
                    ("phone", "shop_phone"),
                    ("birth_date", "birth_date"),
                    ("street", "street"),
                    ("city", "city"),
                    ("postal_code", "postal_code"),
                    ("country_code", "country_code"),
                )
            },
            "entry": entry,
            "knows_birth": ~is_guest & (person % 5 < 3),
            "accepts_marketing": (person % 3 == 0) ^ flips,
            "is_guest": is_guest,
            "created": created,
            "updated": updated,
        }
        self._waiting["customers"].put(pa.table(rows), file_day)

    def add_orders(self, orders: Orders, changes: Changes, entry: np.ndarray) -> None:
        """Export new orders, their lines, all that later happens to them."""
        email = self._people.email_on(orders.file_day, orders.person)
        states = np.r_[np.arange(len(orders)), changes.order]
        status = np.r_[np.full(len(orders), PAID), changes.status]
        shown = np.where(entry == AT_DESK, 0, entry)
        till = pa.array([None, TILL_EMAIL, None])
        emails = pa.compute.if_else(pa.array(shown == 0), email, pick(till, shown))
        currency = pick(pa.array(CURRENCIES), orders.currency)
        rows = pa.table(
            {
                "order_id": orders.number[states],
                "customer_id": orders.customer[states],
                "email": pick(emails, states),
                "status": pick(pa.array(STATUSES), status),
                "channel": pick(
                    pa.array(["pos", "web"]),
                    (orders.visit[states] >= 0).astype(np.int8),
                ),
                "currency": pick(currency, states),
                **{
                    name: getattr(orders, name)[states]
                    for name in ("subtotal", "discount", "shipping", "tax", "total")
                },
                "ordered": orders.placed[states],
                "updated": np.r_[orders.placed, changes.at],
            }
        )
        self._waiting["orders"].put(rows, np.r_[orders.file_day, changes.file_day])

        gross = orders.quantity * orders.unit_price
        lines = pa.table(
            {
                "order_id": orders.number[orders.line_order],
                "line_number": orders.line_number.astype(np.int32),
                **{name: pick(of, orders.product) for name, of in _ARTICLES.items()},
                "quantity": orders.quantity.astype(np.int32),
                "unit_price": orders.unit_price,
                "discount": orders.line_discount,
                "line_total": gross - orders.line_discount,
            }
        )
        self._waiting["order_lines"].put(lines, orders.file_day[orders.line_order])

        refunded = changes.status == REFUNDED
        order = changes.order[refunded]
        refunds = pa.table(
            {
                "refund_id": 700_000 + orders.number[order],
                "order_id": orders.number[order],
                "amount": changes.refund[refunded],
                "currency": pick(
                    pa.array([*CURRENCIES, "GBP"]),
                    np.where(changes.is_abroad[refunded], 2, orders.currency[order]),
                ),
                "reason": pick(pa.array(_REASONS), orders.number[order] // 16 % 4),
                "refunded": changes.at[refunded],
            }
        )
        self._waiting["refunds"].put(refunds, changes.file_day[refunded])

    def deliver(self, day: int) -> None:
        """Write the files of one day; a table without rows that day has no file."""
        name = self.landing.calendar.date(day).isoformat()
        for table, select, ending in (
            ("customers", _CUSTOMERS, "csv"),
            ("orders", _ORDERS, "csv"),
            ("order_lines", _LINES, "parquet"),
            ("refunds", _REFUNDS, "csv"),
        ):
            rows = self._waiting[table].due(day)
            if rows is not None:
                self.landing.query(
                    f"shop/{table}", f"{name}.{ending}", day, select=select, rows=rows
                )


def open_shop(exports: ShopExports, people: People, accounts: np.ndarray) -> None:
    """Export the accounts older than the world as they were, later as changed."""
    calendar = exports.calendar
    holder = np.flatnonzero(accounts)
    age = 3_600 + holder * 7_919_333 % 72_000_000
    # A recycled number's new owner came to the shop after the old one left.
    newcomer = np.isin(holder, people.cast["recycled_phone"][:, 1])
    created = calendar.start(0) - 1000 * np.where(newcomer, age % 7_000_000, age)
    restated = people.restated_on[holder]
    opened = np.zeros(len(holder), np.int64)
    for day in [-1, *np.unique(restated[restated < calendar.days])]:
        now = restated == day if day >= 0 else np.full(len(holder), True)
        hour = calendar.start(day) + 3_600_000 * (8 + holder[now] % 12)
        exports.add_customers(
            *(holder[now], accounts[holder[now]]),
            is_guest=np.zeros(now.sum(), bool),
            entry=np.full(now.sum(), AT_DESK),
            created=created[now],
            updated=hour if day >= 0 else created,
            file_day=restated[now] if day >= 0 else opened,
        )
