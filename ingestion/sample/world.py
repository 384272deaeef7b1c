"""The sample world: write what each source would deliver of the same hidden people."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np

from ingestion.sample.access_log import AccessLog
from ingestion.sample.ad_reports import deliver_ad_reports
from ingestion.sample.answer_key import CUSTOMER, AnswerKey
from ingestion.sample.chance import Purpose, uuids
from ingestion.sample.delivery import Calendar, Landing
from ingestion.sample.hubspot_exports import (
    answer_for_hubspot,
    deliver_hubspot_exports,
    is_export_day,
)
from ingestion.sample.journeys import visits_of_day
from ingestion.sample.orders import (
    CURRENCIES,
    REFUNDED,
    Accounts,
    Changes,
    Orders,
    later_changes,
    money_of,
    place_orders,
)
from ingestion.sample.people import DAYS_FROM_FORM_TO_PURCHASE
from ingestion.sample.scripts import play
from ingestion.sample.shop_exports import (
    AT_DESK,
    TILL_EMAIL_USED,
    TILL_NO_EMAIL,
    ShopExports,
    open_shop,
)
from ingestion.sample.teams import Teams
from ingestion.sample.truth import make_truth
from ingestion.sample.visit_texts import VisitTexts, write_visits
from ingestion.sample.web_events import WebEvents

FEWEST_DAYS = DAYS_FROM_FORM_TO_PURCHASE + 1
_ACCOUNT_OPENED_BEFORE_ORDER = 600_000
# The till has one e-mail for those who give none, and often not even that is typed.
_TILL_ENTRIES = np.array([TILL_EMAIL_USED, TILL_NO_EMAIL, TILL_EMAIL_USED, AT_DESK])

_AMOUNTS = [
    *(f"order_total_{currency}" for currency in CURRENCIES),
    *(f"refund_total_{currency}" for currency in [*CURRENCIES, "GBP"]),
]


def write_world(
    landing: Path,
    answer_key: Path,
    customers: int,
    days: int,
    seed: int,
    until: date,
    report: Callable[[str], None] | None = None,
) -> dict[str, int]:
    """Write every source's files for the `days` days that end with `until`.

    The same arguments write the same bytes. Returns rows written per
    `<source>/<table>`. Raises ValueError if the world is too small for its hard cases.
    """
    calendar = _calendar(days, until)
    # A day is too small to share out; the second core is kept busy by the helper.
    with duckdb.connect(config={"threads": 1}) as sql:
        truth = make_truth(sql, customers, calendar, seed)
        main = Landing(landing, calendar, sql)
        beside = replace(main, sql=sql.cursor())
        accounts = Accounts(truth.people.has_account)
        shop = ShopExports(beside, truth.people)
        log = AccessLog(beside)
        events = WebEvents(main, truth, accounts)
        key = AnswerKey(answer_key, truth.people)
        amounts = dict.fromkeys(_AMOUNTS, 0)
        spend: Counter[str] = Counter()
        key.add_opening(truth, accounts.number)
        open_shop(shop, truth.people, accounts.number)
        teams = Teams(truth, beside, key)

        def deliver_log_and_shop(texts: VisitTexts, orders: Orders, day: int) -> None:
            changes = later_changes(orders, calendar, truth.people.country)
            _sell(shop, key, orders, changes, amounts)
            teams.payments.add(orders, changes)
            log.add(truth.stream(Purpose.LOG, day), texts)
            log.deliver(day)
            shop.deliver(day)
            teams.deliver(day)

        # One helper writes its files day after day, so the order of bytes is settled.
        with ThreadPoolExecutor(1) as helper:
            delivered = None
            for day in range(days):
                visits, at_till = visits_of_day(truth, accounts.number > 0, day)
                rng = truth.stream(Purpose.STEPS, day)
                steps = play(rng, visits.script, visits.start, visits.product)
                orders = place_orders(
                    *(truth, accounts, visits, steps), at_till=at_till, day=day
                )
                rng = truth.stream(Purpose.EVENTS, day)
                texts = write_visits(
                    visits, steps, truth.devices, tokens=uuids(rng, len(visits))
                )
                if delivered:
                    delivered.result()
                delivered = helper.submit(deliver_log_and_shop, texts, orders, day)
                events.add(rng, texts, orders, day)
                events.deliver(day)
                rng = truth.stream(Purpose.ADS, day)
                spend.update(deliver_ad_reports(main, rng, visits, orders, day))
                if is_export_day(calendar, day):
                    deliver_hubspot_exports(main, truth.crm, day)
                if report:
                    rows = sum(tuple(main.written.values()))
                    report(f"{calendar.date(day)}: {rows:,} rows so far")
            delivered.result()

        teams.answer()
        answer_for_hubspot(main, truth.crm, key)
        key.add_cast(truth, accounts.number, events.seen)
        totals = {
            "orders": accounts.order_count,
            **_as_amounts(amounts),
            "web_events_distinct": events.distinct,
            "web_events_late": events.late,
            "web_events_written": main.written["web_events/events"],
            **_as_amounts({**spend, **teams.spend}, "spend_"),
            "log_lines": main.written["web_logs/access"],
            "log_lines_truncated": log.truncated,
            "contacts": truth.crm.contacts.num_rows,
            "shop_customers": key.customers,
        }
        key.close(sql, totals)
    return dict(sorted(main.written.items()))


def _calendar(days: int, until: date) -> Calendar:
    if days < FEWEST_DAYS:
        raise ValueError(
            f"a sample world of {days} days is too short for a form to lead to a "
            f"purchase; ask for {FEWEST_DAYS} days or more"
        )
    return Calendar(until - timedelta(days=days - 1), days)


def _as_amounts(cents: dict[str, int], before: str = "") -> dict[str, str]:
    return {f"{before}{fact}": f"{c // 100}.{c % 100:02d}" for fact, c in cents.items()}


def _sell(
    shop: ShopExports,
    key: AnswerKey,
    orders: Orders,
    changes: Changes,
    amounts: dict[str, int],
) -> None:
    """Export the day's orders with their new customers; note whose they are."""
    calendar = shop.calendar
    is_till = orders.visit < 0
    manner = _TILL_ENTRIES[np.cumsum(is_till) % len(_TILL_ENTRIES) - 1]
    entry = np.where(is_till, manner, AT_DESK)
    shop.add_orders(orders, changes, entry)
    new = orders.is_new_customer
    created = orders.placed - _ACCOUNT_OPENED_BEFORE_ORDER * ~orders.is_guest
    shop.add_customers(
        *(orders.person[new], orders.customer[new]),
        is_guest=orders.is_guest[new],
        entry=entry[new],
        created=created[new],
        updated=created[new],
        # An account opened just before midnight is exported with its order.
        file_day=calendar.day_of(orders.placed[new]),
    )
    key.add_records(CUSTOMER, orders.customer[new], orders.person[new])

    late = np.flatnonzero(orders.file_day > calendar.day_of(orders.placed))
    refunded = changes.status == REFUNDED
    refund_of = changes.order[refunded]
    tills = np.flatnonzero(entry == TILL_EMAIL_USED)
    for case, at, kind, number, note in (
        (
            "pos_default_email",
            tills,
            CUSTOMER,
            orders.customer,
            "the till's own e-mail",
        ),
        ("late_files", late, "shop.order:", orders.number, "in a later day's file"),
        ("refunds", refund_of, "shop.order:", orders.number, "in full or half"),
    ):
        records = [f"{kind}{one}" for one in number[at]]
        key.add_cases(case, orders.person[at], records, note)
    for number, code in enumerate(CURRENCIES):
        own = orders.currency == number
        back = changes.refund[refunded]
        at_home = own[refund_of] & ~changes.is_abroad[refunded]
        amounts[f"order_total_{code}"] += int(orders.total[own].sum())
        amounts[f"refund_total_{code}"] += int(back[at_home].sum())
    abroad = changes.refund[changes.is_abroad]
    amounts["refund_total_GBP"] += int(abroad.sum())
    key.add_facts("money", money_of(shop.landing, orders, changes))
