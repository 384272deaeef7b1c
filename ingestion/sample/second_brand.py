"""The second brand, for children, which sells by Shopify: its customers and orders."""

import numpy as np
import pyarrow as pa

from ingestion.sample.answer_key import AnswerKey
from ingestion.sample.chance import Purpose, pick, stream, weighted
from ingestion.sample.delivery import DAY_MS, Export, Landing, moment, one_of
from ingestion.sample.money import exact, reported, written
from ingestion.sample.names import COUNTRIES
from ingestion.sample.people import People

CUSTOMER = "shopify.customer:"
_FIRST_CUSTOMER, _FIRST_ORDER = 7_251_466_780_001, 5_600_400_000_001
_FIRST_NAME = 1001
_HOUR_MS = 3_600_000
# Article, its price in euro cents.
_RANGE = {
    "Mini Backpack": 3900, "Rain Suit 104": 5490, "Rain Suit 116": 5490,
    "Bug Lens": 1290, "Family Tent Lamp": 2990, "Wool Cap": 1990,
}  # fmt: skip
_ARTICLES, _PRICES = list(_RANGE), np.array(list(_RANGE.values()))
_CURRENCIES = ["EUR", "USD", "JPY", "KWD"]
# Prices of other currencies in thousandths for one euro cent.
_THOUSANDTHS = np.array([10, 11, 1600, 3])
_CODES = [country.code for country in COUNTRIES]
_TAX = np.array([country.tax_percent for country in COUNTRIES])
# What becomes of an order, by its number; any other is paid and kept.
_FATES = {
    0: "pending", 1: "cancelled", 2: "expired", 3: "refunded", 4: "partly refunded",
    5: "partly refunded", 6: "test", 7: "free", 8: "edited", 9: "yen", 10: "dinar",
}  # fmt: skip
_KINDS = 40

# Each order as it is at the end of a day.
_AGED = """
select
    *,
    fate = 'edited' and edited > {now} as has_second_line,
    fate in ('refunded', 'partly refunded') and refunded <= {now} as is_refunded,
    fate = 'cancelled' and cancelled <= {now} as is_cancelled,
    items + if(fate = 'edited' and edited > {now}, removed, 0) as items_now
from orders where placed <= {now}
"""
_PRICED = f"""
select
    *,
    if(tax_included, taxable * percent // (100 + percent),
        (taxable * percent + 50) // 100) // unit * unit as tax,
    if(is_refunded, if(fate = 'refunded', 1, 0.5), 0) as share
from (select *, items_now - discount + shipping as taxable from ({_AGED}))
"""
_TOTALLED = f"""
select
    *,
    taxable + if(tax_included, 0, tax) as total,
    (share * (taxable + if(tax_included, 0, tax)))::bigint // unit * unit as refund,
    case when fate in ('pending', 'expired') then fate
        when is_cancelled then 'voided'
        when is_refunded then replace(replace(fate, 'partly', 'partially'), ' ', '_')
        else 'paid' end as status
from ({_PRICED})
"""
_TIME = "%Y-%m-%d %H:%M:%S +0000"


def _first(column: str) -> str:
    """Only the first row of an order says more than its line."""
    return f"if(line = 1, {column}, null)"


_ORDERS = f"""
with listed as (
    select
        totalled.*, line,
        case line when 1 then article else other_article end as name_of_line,
        case line when 1 then quantity else 1 end as quantity_of_line,
        case line when 1 then price else removed end as price_of_line
    from ({_TOTALLED}) as totalled
    inner join (select unnest([1, 2]) as line) on line = 1 or has_second_line
    where greatest(
        placed, if(is_refunded, refunded, 0), if(is_cancelled, cancelled, 0),
        if(fate = 'edited' and edited <= {{now}}, edited, 0)
    ) > {{since}}
)
select
    '#' || number as "Name",
    email as "Email",
    {_first("status")} as "Financial Status",
    {_first(f"if(status in ('pending', 'expired'), null, {moment('placed', _TIME)})")}
        as "Paid at",
    {_first("if(status = 'paid', 'fulfilled', 'unfulfilled')")}
        as "Fulfillment Status",
    {_first("if(accepts, 'yes', 'no')")} as "Accepts Marketing",
    {_first("currency")} as "Currency",
    {_first(written("items_now - discount"))} as "Subtotal",
    {_first(written("shipping"))} as "Shipping",
    {_first(written("tax"))} as "Taxes",
    {_first(written("total"))} as "Total",
    {_first("case when fate = 'free' then 'GIFT' when discount > 0 then 'KIDS10' end")}
        as "Discount Code",
    {_first(written("discount"))} as "Discount Amount",
    {_first("'Standard'")} as "Shipping Method",
    {moment("placed", _TIME)} as "Created at",
    quantity_of_line as "Lineitem quantity",
    name_of_line as "Lineitem name",
    {written("price_of_line")} as "Lineitem price",
    null as "Lineitem compare at price",
    'KW-' || upper(replace(name_of_line[:6], ' ', '-')) as "Lineitem sku",
    'pending' as "Lineitem fulfillment status",
    {_first("first_name || ' ' || last_name")} as "Billing Name",
    {_first("street")} as "Billing Address1",
    {_first("city")} as "Billing City",
    {_first("'''' || postal_code")} as "Billing Zip",
    {_first("country_code")} as "Billing Country",
    {_first("'''' || phone")} as "Billing Phone",
    {_first(f"if(is_cancelled, {moment('cancelled', _TIME)}, null)")}
        as "Cancelled at",
    {_first("if(fate = 'test', 'bogus', 'Shopify Payments')")} as "Payment Method",
    {_first(written("refund"))} as "Refunded Amount",
    'Kleinweh' as "Vendor",
    {_first("id")} as "Id",
    null as "Tags",
    {_first("'web'")} as "Source",
    0.00 as "Lineitem discount",
    {_first("'''' || phone")} as "Phone",
    {_first("if(fate = 'test', 'true', 'false')")} as "Test"
from listed
order by number desc, line
"""
_CUSTOMERS = f"""
with spent as (
    select person, sum(total) as spent, count(*) as order_count
    from ({_TOTALLED})
    where status in ('paid', 'partially_refunded') and fate <> 'test'
        and currency = 'EUR'
    group by person
)
select
    '''' || record as "Customer ID",
    first_name as "First Name",
    last_name as "Last Name",
    email as "Email",
    if(accepts, 'yes', 'no') as "Accepts Email Marketing",
    null as "Default Address Company",
    street as "Default Address Address1",
    city as "Default Address City",
    country_code as "Default Address Country Code",
    '''' || postal_code as "Default Address Zip",
    '''' || phone as "Default Address Phone",
    '''' || phone as "Phone",
    'no' as "Accepts SMS Marketing",
    {written("coalesce(spent, 0)", "'EUR'")} as "Total Spent",
    coalesce(order_count, 0) as "Total Orders",
    null as "Note",
    'no' as "Tax Exempt",
    {one_of(["", "newsletter", "twins"], "record")} as "Tags"
from customers left join spent using (person)
order by record
"""
# A refund lowers revenue in its own currency; test orders earn nothing.
_MONEY = f"""
select
    'shopify' as source_name, id as order_id, '{CUSTOMER}' || record as record_id,
    person,
    case when fate = 'test' then 'test' when status in ('voided') then 'cancelled'
        when status = 'expired' then 'failed'
        when status = 'partially_refunded' then 'partly refunded'
        else status end as state,
    fate = 'test' as is_test,
    currency,
    {exact("items_now - if(tax_included, tax, 0)")} as items_amount,
    {exact("discount")} as discount_amount,
    {exact("shipping")} as shipping_amount,
    {exact("tax")} as tax_amount,
    {exact("total")} as total_amount,
    if(refund > 0, currency, null) as refund_currency,
    if(refund > 0, {exact("refund")}, null) as refund_amount,
    {reported("total")} as reporting_total_amount,
    if(refund > 0, {reported("refund")}, 0) as reporting_refund_amount
from ({_TOTALLED}) order by number
"""


class SecondBrand:
    """The shop of the second brand; prices include the tax but in dollars."""

    def __init__(
        self,
        people: People,
        landing: Landing,
        key: AnswerKey,
        who: np.ndarray,
        seed: int,
    ) -> None:
        """Invent who bought what there during the world's days."""
        rng = stream(seed, Purpose.SHOPIFY)
        self._landing, self._key = landing, key
        self.days = landing.calendar.full_exports
        calendar = landing.calendar
        start, span = calendar.start(0), calendar.days * DAY_MS
        buyers = len(who)
        texts = {
            name: pick(people.column(name), who)
            for name in (
                *("first_name", "last_name", "email", "street", "city", "postal_code"),
                *("country_code", "phone"),
            )
        }
        customers = {
            "record": _FIRST_CUSTOMER + 7 * np.arange(buyers),
            "person": who,
            "accepts": who % 3 == 0,
            **texts,
        }
        self._customers = pa.table(customers)
        count = max(_KINDS, round(buyers * (0.6 + calendar.days / 90)))
        buyer = rng.permutation(
            np.r_[np.arange(buyers), rng.integers(0, buyers, count)]
        )
        count = len(buyer)
        fate = np.array([_FATES.get(n % _KINDS, "kept") for n in range(count)])
        chance = np.sort(rng.random(count))
        # What an export shows as changed was placed before the one halfway.
        early = np.isin(fate, ["edited", "refunded", "partly refunded", "cancelled"])
        placed = start + (span * np.where(early, chance * 0.4, chance)).astype(np.int64)
        country = people.country[who[buyer]]
        currency = np.where(country == _CODES.index("US"), 1, 0)
        currency = np.where(fate == "yen", 2, np.where(fate == "dinar", 3, currency))
        unit = np.array([10, 10, 1000, 1])[currency]
        article = weighted(rng, np.arange(1, len(_RANGE) + 1), count)
        other = (article + 1) % len(_RANGE)
        quantity = 1 + (rng.random(count) < 0.2)
        price, removed = (
            _PRICES[n] * _THOUSANDTHS[currency] // unit * unit for n in (article, other)
        )
        items = price * quantity
        off = rng.random(count) < 0.15
        discount = np.where(off & (fate != "edited"), items // 10 // unit * unit, 0)
        discount = np.where(fate == "free", items, discount)
        shipping = 490 * _THOUSANDTHS[currency] // unit * unit
        shipping[(fate == "free") | (items > 8000 * _THOUSANDTHS[currency])] = 0
        choice = rng.integers(2 * 24, 4 * 24, count) * _HOUR_MS
        later = placed + np.minimum(choice, span // 20)
        self._orders = pa.table(
            {
                "number": _FIRST_NAME + np.arange(count),
                "id": _FIRST_ORDER + 11 * np.arange(count),
                "fate": fate,
                "placed": placed,
                **dict.fromkeys(("refunded", "cancelled"), later),
                "edited": np.full(count, start + span * 3 // 4),
                "currency": np.array(_CURRENCIES)[currency],
                "unit": unit,
                "tax_included": currency != 1,
                "percent": _TAX[country],
                "article": np.array(_ARTICLES)[article],
                "other_article": np.array(_ARTICLES)[other],
                "quantity": quantity,
                **{"price": price, "removed": removed, "items": items},
                **{"discount": discount, "shipping": shipping},
                **{
                    name: pick(column, buyer)
                    for name, column in (
                        (name, self._customers.column(name).combine_chunks())
                        for name in customers
                    )
                },
            }
        )

    def deliver(self, day: int, since: int) -> None:
        """Export the orders placed or changed since, and all customers."""
        exports = [
            Export("shopify/orders", "orders_export_{date}.csv", _ORDERS),
            Export("shopify/customers", "customers_export_{date}.csv", _CUSTOMERS),
        ]
        truth = {"orders": self._orders, "customers": self._customers}
        self._landing.export(exports, day, since, **truth)

    def answer(self) -> None:
        """Say whose records these are and what every order came to."""
        people = self._customers.column("person").to_numpy()
        key = self._key
        key.add_records(CUSTOMER, self._customers.column("record"), people)
        landing = self._landing
        landing.sql.register("orders", self._orders)
        money = landing.select(landing.until(_MONEY, landing.calendar.last))
        key.add_facts("money", money)
