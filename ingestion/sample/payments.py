"""The payments of the web shop and of the members' club, which both use Stripe."""

from hashlib import sha256

import numpy as np
import pyarrow as pa

from ingestion.sample.answer_key import AnswerKey
from ingestion.sample.chance import Purpose, pick, stream
from ingestion.sample.delivery import DAY_MS, Export, Landing, Waiting, moment, one_of
from ingestion.sample.money import exact, minor, reported, written
from ingestion.sample.orders import CANCELLED, CURRENCIES, REFUNDED, Changes, Orders
from ingestion.sample.people import People

CUSTOMER, GUEST = "stripe.customer:", "stripe.guest:"
_HOUR_MS = 3_600_000
_MONTH_MS = 30 * DAY_MS
# Plan, its product, currency, interval, amount in thousandths.
_PLANS = [
    *(("club-month", "EUR", "month", 4_900), ("club-month-us", "USD", "month", 5_900)),
    *(("club-year", "EUR", "year", 49_000), ("club-month-jp", "JPY", "month", 500_000)),
]
# What becomes of a membership, by its number; any other is active.
_FATES = {
    0: "trialing", 1: "canceled", 2: "past_due", 3: "canceled", 4: "paused",
    5: "incomplete", 6: "leaving", 7: "test",
}  # fmt: skip
_KINDS = 16

_LATEST = """
select * from payments
qualify row_number() over (partition by payment_id order by changed desc) = 1
"""
_STATE = "case when is_failed then 'failed' when given_back = 0 then 'paid'" + (
    " when given_back < amount then 'partly refunded' else 'refunded' end"
)
_CHARGES = f"""
select
    'ch_' || payment_id as "id",
    {moment("paid")} as "Created date (UTC)",
    {written("amount")} as "Amount",
    {written("given_back")} as "Amount Refunded",
    lower(currency) as "Currency",
    not is_failed as "Captured",
    {written("amount")} as "Converted Amount",
    {written("given_back")} as "Converted Amount Refunded",
    lower(currency) as "Converted Currency",
    if(is_failed, 'insufficient_funds', null) as "Decline Reason",
    'Order ' || order_id as "Description",
    {written("amount * 2 // 100 // 10 * 10")} as "Fee",
    'Live' as "Mode",
    'pi_' || order_id as "PaymentIntent ID",
    if(given_back > 0, {moment("changed")}, null) as "Refunded date (UTC)",
    'FERNWEH' as "Statement Descriptor",
    case {_STATE} when 'failed' then 'Failed' when 'paid' then 'Paid'
        when 'refunded' then 'Refunded' else 'Partial Refund' end as "Status",
    if(is_failed, 'The bank said no.', 'Payment complete.') as "Seller Message",
    'card_' || customer as "Card ID",
    -- One card may be a household's, so no fingerprint stands for one human.
    substr(md5('card of ' || email), 1, 16) as "Card Fingerprint",
    if(is_guest, null, customer) as "Customer ID",
    email as "Customer Email",
    null as "Invoice ID",
    order_id as "order_id (metadata)"
from ({_LATEST})
order by paid, payment_id
"""
_REFUNDS = f"""
select
    're_' || order_id as "id",
    {moment("changed")} as "Created (UTC)",
    {written("given_back")} as "Amount",
    lower(currency) as "Currency",
    'ch_' || payment_id as "Charge ID",
    'pi_' || order_id as "PaymentIntent ID",
    'succeeded' as "Status",
    'requested_by_customer' as "Reason"
from ({_LATEST}) where given_back > 0
order by changed, payment_id
"""
_CUSTOMERS = f"""
select
    customer as "id",
    null as "Description",
    email as "Email",
    first_name || ' ' || last_name as "Name",
    {moment("min(paid)")} as "Created (UTC)",
    'false' as "Delinquent",
    sum(amount * 0) as "Dispute Losses"
from arrivals
group by customer, email, first_name, last_name
order by customer
"""
_SUBSCRIPTIONS = f"""
select
    subscription as "id",
    customer as "Customer ID",
    email as "Customer Email",
    first_name || ' ' || last_name as "Customer Name",
    plan as "Plan",
    'Fernweh Club' as "Product",
    1 as "Quantity",
    lower(currency) as "Currency",
    interval as "Interval",
    {written("amount")} as "Amount",
    {{status}} as "Status",
    if(fate = 'test', 'Test', 'Live') as "Mode",
    {moment("started")} as "Created (UTC)",
    {moment("started")} as "Start (UTC)",
    {moment(f"started + ({{now}} - started) // {_MONTH_MS} * {_MONTH_MS}")}
        as "Current Period Start (UTC)",
    {moment(f"started + (1 + ({{now}} - started) // {_MONTH_MS}) * {_MONTH_MS}")}
        as "Current Period End (UTC)",
    if(fate = 'trialing', {moment("started")}, null) as "Trial Start (UTC)",
    if(fate = 'trialing', {moment(f"started + 400 * {DAY_MS}::bigint")}, null)
        as "Trial End (UTC)",
    if({{status}} = 'canceled' or fate = 'leaving', {moment("ended")}, null)
        as "Canceled At (UTC)",
    fate = 'leaving' as "Cancel At Period End",
    if({{status}} = 'canceled', {one_of(["too_expensive", "unused"], "number")}, null)
        as "Cancellation Reason",
    if({{status}} = 'canceled', {moment("ended")}, null) as "Ended At (UTC)"
from members where started <= {{now}}
order by number
""".replace(
    "{status}",
    "case when fate in ('leaving', 'test') or fate = 'canceled' and ended > {now}"
    " then 'active' else fate end",
)
# A month's invoices, as the payment company's own SQL gives them: in minor units.
_DUE = f"""
select
    *,
    'ch_' || replace(subscription, 'sub_', 'in') || '_' || turn as charge
from (
    select *, started + turn * {_MONTH_MS}::bigint as due
    from members, (select unnest(range(0, 60)) as turn)
    where fate in ('active', 'leaving', 'past_due')
        and (interval = 'month' or turn = 0)
)
where due > {{since}} and due <= {{now}}
order by due, number
"""
_INVOICES = f"""
select
    charge as "id",
    {moment("due")} || '.000' as "created",
    {minor("amount")} as "amount",
    0 as "amount_refunded",
    lower(currency) as "currency",
    'true' as "captured",
    customer as "customer_id",
    'Subscription update' as "description",
    'in_' || number || '_' || turn as "invoice_id",
    'succeeded' as "status",
    email as "receipt_email"
from ({_DUE})
"""
_MEMBERSHIPS = f"""
select
    'subscription' as kind, 'stripe' as source_name, subscription as id,
    '{CUSTOMER}' || customer as record_id, person,
    case when fate = 'leaving' then 'active' when fate = 'canceled' then 'cancelled'
        when fate = 'trialing' then 'trial' else replace(fate, '_', ' ') end as state,
    currency,
    {exact("amount")} / if(interval = 'year', 12, 1) as amount,
    {reported("amount")} / if(interval = 'year', 12, 1) as reporting_amount
from members order by number
"""
_PAYMENTS = f"""
select
    'stripe' as source_name, 'ch_' || payment_id as payment_id, order_id,
    if(is_guest, '{GUEST}' || sha256(email), '{CUSTOMER}' || customer) as record_id,
    person, {_STATE} as state, currency,
    {exact("amount")} as payment_amount, {exact("given_back")} as refunded_amount
from ({_LATEST}) order by paid, payment_id
"""
_PAID_INVOICES = f"""
select
    'stripe' as source_name, charge as payment_id, null as order_id,
    '{CUSTOMER}' || customer as record_id, person, 'paid' as state, currency,
    {exact("amount")} as payment_amount, 0.0 as refunded_amount
from ({_DUE})
"""
_TEXTS = ("first_name", "last_name", "email")


class Payments:
    """What the payment company knows; payments wait for the file of their month."""

    def __init__(
        self,
        people: People,
        landing: Landing,
        key: AnswerKey,
        club: np.ndarray,
        seed: int,
    ) -> None:
        """Invent the club's members; the shop's payments come with its orders."""
        rng = stream(seed, Purpose.CLUB)
        self._key = key
        self._landing = landing
        self._people = people
        calendar = landing.calendar
        self.days = calendar.closings
        self._waiting = Waiting(calendar.last)
        self._told: list[pa.Table] = []
        self._known = np.zeros(len(people), bool)
        self._is_guest = np.zeros(len(people), bool)
        count = len(club)
        fate = np.array([_FATES.get(n % _KINDS, "active") for n in range(count)])
        plan = rng.choice(len(_PLANS), count, p=[0.55, 0.2, 0.15, 0.10])
        start, span = calendar.start(0), calendar.days * DAY_MS
        started = start - rng.integers(-calendar.days * 12, 200 * 24, count) * _HOUR_MS
        names, currencies, intervals, amounts = zip(
            *(_PLANS[n] for n in plan), strict=True
        )
        self._members = pa.table(
            {
                "number": np.arange(count),
                "subscription": [f"sub_1Nx{n:08d}" for n in range(count)],
                "customer": _customer_ids(club),
                "person": club,
                **{name: pick(people.column(name), club) for name in _TEXTS},
                "fate": fate,
                "plan": names,
                "currency": currencies,
                "interval": intervals,
                "amount": amounts,
                "started": started,
                "ended": np.maximum(started, start) + span // 3,
            }
        )

    def add(self, orders: Orders, changes: Changes) -> None:
        """Take the day's payments and all that is later given back of them."""
        web = orders.visit >= 0
        back = np.isin(changes.status, [REFUNDED, CANCELLED]) & web[changes.order]
        # What went back in another currency did not go by card.
        back &= ~changes.is_abroad
        order = np.r_[np.flatnonzero(web), changes.order[back]]
        given = np.where(
            changes.status[back] == CANCELLED,
            orders.total[changes.order[back]],
            changes.refund[back],
        )
        paid = orders.placed[order] + 3_000
        changed = np.r_[paid[: web.sum()], changes.at[back]]
        # Some cards are only taken at the second try.
        failed = np.flatnonzero(web & (orders.number % 20 == 11))
        row = np.r_[order, failed]
        is_failed = np.arange(len(row)) >= len(order)
        number = pa.array(orders.number[row]).cast(pa.string())
        person = orders.person[row]
        first = np.r_[paid, orders.placed[failed] - 40_000]
        day = self._landing.calendar.day_of(np.r_[changed, first[len(order) :]])
        rows = pa.table(
            {
                "payment_id": pa.compute.binary_join_element_wise(
                    number, pa.array(np.where(is_failed, "t", "")), ""
                ),
                "order_id": number,
                "person": person,
                "customer": _customer_ids(person),
                **{name: pick(self._people.column(name), person) for name in _TEXTS},
                "is_guest": orders.is_guest[row],
                "is_failed": is_failed,
                "currency": pick(pa.array(CURRENCIES), orders.currency[row]),
                "amount": orders.total[row] * 10,
                "given_back": np.r_[np.zeros(web.sum(), int), given * 10, failed * 0],
                "paid": first,
                "changed": np.r_[changed, first[len(order) :]],
            }
        )
        closing = self._landing.calendar.closing_of(day)
        self._waiting.put(rows, closing)
        self._told.append(rows)

    def deliver(self, day: int, since: int) -> None:
        """Export a month's payments, refunds, new customers, and all memberships."""
        rows = self._waiting.due(day)
        members = self._members.filter(pa.compute.less_equal(
            self._members.column("started"), self._landing.calendar.start(day + 1) - 1
        ))  # fmt: skip
        joined = members.append_column("paid", members.column("started"))
        names = ["person", "customer", *_TEXTS, "amount", "paid"]
        guest = rows.column("is_guest") if rows else None
        arrivals = joined.select(names)
        if rows:
            held = rows.filter(pa.compute.invert(guest)).select(names)
            arrivals = pa.concat_tables([held, arrivals], promote_options="default")
        person = arrivals.column("person").to_numpy()
        arrivals = arrivals.filter(pa.array(~self._known[person]))
        self._known[person] = True
        exports = [
            Export("stripe/customers", "unified_customers_{date}.csv", _CUSTOMERS),
            Export("stripe/charges", "sigma_charges_{date}.csv", _INVOICES),
        ]
        truth = {"members": members, "arrivals": arrivals}
        if rows:
            exports += [
                Export("stripe/charges", "unified_payments_{date}.csv", _CHARGES),
                Export("stripe/refunds", "refunds_{date}.csv", _REFUNDS),
            ]
            truth["payments"] = rows
        if day in self._landing.calendar.full_exports or day == self.days[-1]:
            exports.append(
                Export(
                    "stripe/subscriptions", "subscriptions_{date}.csv", _SUBSCRIPTIONS
                )
            )
        self._landing.export(exports, day, since, **truth)
        if self._told:
            told = pa.concat_tables(self._told)
            self._told = []
            guests = told.filter(told.column("is_guest")).column("person").to_numpy()
            self._is_guest[guests] = True
            self._landing.sql.register("payments", told)
            self._key.add_facts("payments", self._landing.select(_PAYMENTS))
        rows = self._landing.select(self._landing.until(_PAID_INVOICES, day, since))
        self._key.add_facts("payments", rows)

    def answer(self) -> None:
        """Say whose customers these are, and how their memberships stand."""
        key, person = self._key, np.flatnonzero(self._known)
        key.add_records(CUSTOMER, _customer_ids(person), person)
        guests = np.flatnonzero(self._is_guest)
        emails = pick(self._people.column("email"), guests).to_pylist()
        hashes = pa.array([sha256(email.encode()).hexdigest() for email in emails])
        key.add_records(GUEST, hashes, guests)
        now = self._landing.calendar.start(self._landing.calendar.days) - 1
        started = pa.compute.less_equal(self._members.column("started"), now)
        self._landing.sql.register("members", self._members.filter(started))
        key.add_facts("states", self._landing.select(_MEMBERSHIPS))


def _customer_ids(person: np.ndarray) -> pa.Array:
    number = pa.array(person * 7_919 % 100_000_007 + 100_000_007).cast(pa.string())
    return pa.compute.binary_join_element_wise("cus_", number, "")
