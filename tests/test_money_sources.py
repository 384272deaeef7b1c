"""Shopify and Stripe: files as the vendors write them, and their staging."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.files.load import ensure_ledger, load_source
from ingestion.settings import Settings
from ingestion.sources import shopify, stripe
from ingestion.tables import Source
from tests.conftest import Home

# The columns of a real export that nothing here depends on are left out.
ORDERS = """\
Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,\
Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,\
Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,\
Lineitem sku,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,\
Billing Zip,Billing Country,Billing Phone,Refunded Amount,Vendor,Id,Tags,Risk Level,\
Source,Lineitem discount,Phone
"""
FIRST_EXPORT = f"""{ORDERS}\
#1002,bea@example.org,paid,2026-05-02 00:30:00 +0200,unfulfilled,,no,EUR,20.00,0.00,\
3.19,20.00,,0.00,Standard,2026-05-02 00:30:00 +0200,1,Cup,12.00,,CUP,pending,Bea Sol,\
Kai 2,Kai 2,'01067,DE,,0.00,Fernweh,502,,Low,web,0.00,
#1002,bea@example.org,,,,,,,,,,,,,,2026-05-02 00:30:00 +0200,3,Hook,3.00,,HOOK,pending,\
,,,,,,,Fernweh,,,,,1.00,
#1001,Ana@Example.org,pending,,unfulfilled,,yes,EUR,70.00,4.90,11.96,74.90,MAY,5.00,\
Standard,2026-05-01 10:00:00 +0200,2,Tent peg,30.00,35.00,PEG,pending,Ana Ruiz,\
"Weg 1, Hof","Weg 1",'01069,DE,'+49 351 1,0.00,Fernweh,501,"vip, north",Low,web,5.00,\
'+49 351 2
#1001,Ana@Example.org,,,,,,,,,,,,,,2026-05-01 10:00:00 +0200,1,Rope,15.00,,ROPE,\
pending,,,,,,,,Seil,,,,,0.00,
"""
# One line went back and was taken off the order; the customer paid.
SECOND_EXPORT = f"""{ORDERS}\
#1001,ana@example.org,partially_refunded,2026-05-03 09:00:00 +0200,fulfilled,\
2026-05-04 09:00:00 +0200,yes,EUR,70.00,4.90,11.96,74.90,MAY,5.00,Standard,\
2026-05-01 10:00:00 +0200,2,Tent peg,30.00,35.00,PEG,fulfilled,Ana Ruiz,"Weg 1, Hof",\
"Weg 1",'01069,DE,'+49 351 1,15.00,Fernweh,501,"vip, north",Low,web,5.00,'+49 351 2
"""
CUSTOMERS = """\
Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,\
Default Address Address1,Default Address Address2,Default Address City,\
Default Address Province Code,Default Address Country Code,Default Address Zip,\
Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,\
Tax Exempt,Tags
'7251466780983,Ana,Ruiz,Ana@Example.org,yes,,Weg 1,,Dresden,,DE,'01069,'+49 351 1,\
'+49 351 2,no,74.90,1,,no,"vip, north"
"""

PAYMENTS = """\
id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,\
Converted Amount Refunded,Converted Currency,Decline Reason,Description,Fee,Mode,\
PaymentIntent ID,Refunded date (UTC),Statement Descriptor,Status,Seller Message,\
Card ID,Card Fingerprint,Customer ID,Customer Email,Invoice ID,Transfer,\
order_id (metadata)
ch_1,2026-05-01 08:00:05,74.90,15.00,eur,true,74.90,15.00,eur,,Order 1001,1.37,Live,\
pi_1,2026-05-05 10:00:00,FERNWEH,Paid,Payment complete.,pm_1,fp_1,cus_1,\
Ana@Example.org,,po_1,1001
ch_2,2026-05-02 08:00:05,1200,0,jpy,true,7.10,0.00,eur,,,0.40,Live,pi_2,,FERNWEH,Paid,\
Payment complete.,pm_2,fp_2,cus_2,kei@example.org,,po_1,
ch_3,2026-05-03 08:00:05,20.00,0.00,eur,false,20.00,0.00,eur,insufficient_funds,,0.00,\
Live,pi_3,,FERNWEH,Failed,The bank said no.,pm_1,fp_1,cus_1,Ana@Example.org,,,
"""
# The same account by Sigma, a month later: minor units under the same names.
SIGMA_CHARGES = """\
id,created,amount,amount_refunded,currency,captured,customer_id,status,receipt_email
ch_1,2026-05-01 08:00:05.000,7490,7490,eur,true,cus_1,succeeded,
ch_4,2026-06-01 08:00:05.000,1200,0,jpy,true,cus_2,succeeded,kei@example.org
ch_5,2026-06-02 08:00:05.000,12345,0,kwd,true,cus_3,succeeded,
ch_6,2026-06-03 08:00:05.000,50000,0,ugx,true,cus_3,succeeded,
ch_7,2026-06-04 08:00:05.000,7,0,usd,true,cus_3,failed,
"""
REFUNDS = """\
id,Created (UTC),Amount,Currency,Charge ID,PaymentIntent ID,Status,Reason
re_1,2026-05-05 10:00:00,15.00,eur,ch_1,pi_1,succeeded,requested_by_customer
"""
SIGMA_REFUNDS = """\
id,created,amount,currency,charge_id,status,reason
re_2,2026-06-05 10:00:00.000,5990,eur,ch_1,succeeded,
re_3,2026-06-05 10:00:00.000,1200,krw,ch_4,pending,
"""
STRIPE_CUSTOMERS = """\
id,Description,Email,Name,Created (UTC),Delinquent,Plan,Status,Total Spend,\
Payment Count,Refunded Volume,Dispute Losses,tag (metadata)
cus_1,,Ana@Example.org,Ana Ruiz,2026-04-01 08:00:05,false,,,74.90,1,15.00,0.00,north
"""
SUBSCRIPTIONS = """\
id,Customer ID,Customer Description,Customer Email,Customer Name,Plan,Quantity,\
Currency,Interval,Amount,Status,Created (UTC),Start (UTC),Current Period Start (UTC),\
Current Period End (UTC),Trial Start (UTC),Trial End (UTC),Canceled At (UTC),\
Cancel At Period End,Ended At (UTC)
sub_1,cus_1,,Ana@Example.org,Ana Ruiz,club,2,eur,Month,9.90,active,2026-05-01 08:00,\
2026-05-01 08:00,2026-06-01 08:00,2026-07-01 08:00,,,2026-06-15 12:30,true,
"""
REAL = {
    "shopify": {"orders": "shopify_order", "customers": "shopify_customer"},
    "stripe": {
        "charges": "charge",
        "refunds": "refund",
        "customers": "customer",
        "subscriptions": "subscription",
    },
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def money(*texts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, texts))


def build_staging(home: Home, *sources: Source) -> None:
    """Load what is in landing without a complaint, and build the sources' staging."""
    settings = Settings(home=home.path)
    ensure_ledger(settings)
    for source in sources:
        loaded = load_source(settings, source, date(2026, 7, 1))
        assert loaded.messages == []
    folders = [f"+path:models/staging/{source.name}" for source in sources]
    home.dbt("build", "--select", *folders)


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("money") / "home")
    for path, content in {
        "shopify/orders/2026-05-02.csv": FIRST_EXPORT,
        "shopify/orders/2026-05-05.csv": SECOND_EXPORT,
        "shopify/customers/2026-05-05.csv": CUSTOMERS,
        "stripe/charges/2026-05.csv": PAYMENTS,
        "stripe/charges/2026-06-sigma.csv": SIGMA_CHARGES,
        "stripe/refunds/2026-05.csv": REFUNDS,
        "stripe/refunds/2026-06-sigma.csv": SIGMA_REFUNDS,
        "stripe/customers/2026-05.csv": STRIPE_CUSTOMERS,
        "stripe/subscriptions/2026-06.csv": SUBSCRIPTIONS,
    }.items():
        home.deliver(path, content)
    build_staging(home, shopify.SOURCE, stripe.SOURCE)
    return home


def test_an_order_is_as_its_newest_file_says(staged: Home) -> None:
    assert staged.warehouse(
        "select order_name, order_id, email, phone, financial_status,"
        " is_marketing_accepted, currency, ordered_at, paid_at, fulfilled_at"
        " from staging.stg_shopify__orders order by order_name"
    ) == [
        (
            *("#1001", "501", "ana@example.org", "+49 351 2", "partially_refunded"),
            *(True, "EUR", at("2026-05-01 08:00"), at("2026-05-03 07:00")),
            at("2026-05-04 07:00"),
        ),
        (
            *("#1002", "502", "bea@example.org", None, "paid"),
            *(False, "EUR", at("2026-05-01 22:30"), at("2026-05-01 22:30"), None),
        ),
    ]


def test_the_money_of_an_order(staged: Home) -> None:
    assert staged.warehouse(
        "select subtotal_amount, discount_amount, shipping_amount, tax_amount,"
        " total_amount, refunded_amount, discount_code"
        " from staging.stg_shopify__orders order by order_name"
    ) == [
        (*money("70", "5", "4.90", "11.96", "74.90", "15"), "MAY"),
        (*money("20", "0", "0", "3.19", "20", "0"), None),
    ]


def test_an_address_without_the_spreadsheets_apostrophe(staged: Home) -> None:
    assert staged.warehouse(
        "select billing_name, billing_street, billing_postal_code,"
        " billing_country_code, billing_phone, tags"
        " from staging.stg_shopify__orders where order_name = '#1001'"
    ) == [("Ana Ruiz", "Weg 1", "01069", "DE", "+49 351 1", "vip, north")]


def test_the_lines_of_an_order_are_of_one_file(staged: Home) -> None:
    """The rope that was taken off #1001 is not brought back by the older file."""
    assert staged.warehouse(
        "select order_name, line_number, order_id, sku, product_name, vendor, currency,"
        " quantity, unit_amount, discount_amount, line_amount"
        " from staging.stg_shopify__order_lines order by order_name, line_number"
    ) == [
        (
            *("#1001", 1, "501", "PEG", "Tent peg", "Fernweh", "EUR", 2),
            *money("30", "5", "55"),
        ),
        (
            *("#1002", 1, "502", "CUP", "Cup", "Fernweh", "EUR", 1),
            *money("12", "0", "12"),
        ),
        (
            *("#1002", 2, "502", "HOOK", "Hook", "Fernweh", "EUR", 3),
            *money("3", "1", "8"),
        ),
    ]


def test_a_shopify_customer(staged: Home) -> None:
    assert staged.warehouse(
        "select customer_id, email, first_name, phone, street, postal_code,"
        " country_code, is_email_marketing_accepted, is_sms_marketing_accepted,"
        " spent_amount, order_count from staging.stg_shopify__customers"
    ) == [
        (
            *("7251466780983", "ana@example.org", "Ana", "+49 351 2", "Weg 1", "01069"),
            *("DE", True, False, Decimal("74.90"), 1),
        )
    ]


def test_charges_in_whole_amounts_and_in_minor_units(staged: Home) -> None:
    assert staged.warehouse(
        "select charge_id, status, is_paid, currency, charge_amount, refunded_amount"
        " from staging.stg_stripe__charges order by charge_id"
    ) == [
        ("ch_1", "succeeded", True, "EUR", *money("74.90", "74.90")),
        ("ch_2", "paid", True, "JPY", *money("1200", "0")),
        ("ch_3", "failed", False, "EUR", *money("20", "0")),
        ("ch_4", "succeeded", True, "JPY", *money("1200", "0")),
        ("ch_5", "succeeded", True, "KWD", *money("12.345", "0")),
        ("ch_6", "succeeded", True, "UGX", *money("500", "0")),
        ("ch_7", "failed", False, "USD", *money("0.07", "0")),
    ]


def test_what_else_a_charge_says(staged: Home) -> None:
    assert staged.warehouse(
        "select customer_id, email, payment_intent_id, card_fingerprint, description,"
        " is_captured, is_live, created_at from staging.stg_stripe__charges"
        " where charge_id in ('ch_2', 'ch_4') order by charge_id"
    ) == [
        (
            *("cus_2", "kei@example.org", "pi_2", "fp_2", None, True, True),
            at("2026-05-02 08:00:05"),
        ),
        (
            *("cus_2", "kei@example.org", None, None, None, True, True),
            at("2026-06-01 08:00:05"),
        ),
    ]


def test_refunds(staged: Home) -> None:
    assert staged.warehouse(
        "select refund_id, charge_id, status, reason, currency, refund_amount,"
        " created_at from staging.stg_stripe__refunds order by refund_id"
    ) == [
        (
            *("re_1", "ch_1", "succeeded", "requested_by_customer", "EUR"),
            *(Decimal("15"), at("2026-05-05 10:00")),
        ),
        (
            *("re_2", "ch_1", "succeeded", None, "EUR"),
            *(Decimal("59.90"), at("2026-06-05 10:00")),
        ),
        (
            *("re_3", "ch_4", "pending", None, "KRW"),
            *(Decimal("1200"), at("2026-06-05 10:00")),
        ),
    ]


def test_a_stripe_customer(staged: Home) -> None:
    assert staged.warehouse(
        "select customer_id, email, customer_name, is_delinquent, spent_amount,"
        " payment_count, refunded_amount, created_at"
        " from staging.stg_stripe__customers"
    ) == [
        (
            *("cus_1", "ana@example.org", "Ana Ruiz", False, Decimal("74.90"), 1),
            *(Decimal("15"), at("2026-04-01 08:00:05")),
        )
    ]


def test_a_subscription(staged: Home) -> None:
    assert staged.warehouse(
        "select subscription_id, customer_id, email, status, plan_id, billing_interval,"
        " currency, plan_amount, quantity, is_cancelled_at_period_end, started_at,"
        " current_period_ends_at, cancelled_at, ended_at"
        " from staging.stg_stripe__subscriptions"
    ) == [
        (
            *("sub_1", "cus_1", "ana@example.org", "active", "club", "month", "EUR"),
            *(Decimal("9.90"), 2, True, at("2026-05-01 08:00"), at("2026-07-01 08:00")),
            *(at("2026-06-15 12:30"), None),
        )
    ]


def test_real_tables_of_both_load_without_loss(home: Home, real_data: Path) -> None:
    expected = {}
    for source, tables in REAL.items():
        for table, name in tables.items():
            content = (real_data / source / f"{name}_data.csv").read_bytes()
            home.deliver(f"{source}/{table}/{name}_data.csv", content)
            rows = csv.DictReader(content.decode("utf-8-sig").splitlines())
            expected[source, table] = len({row["id"] for row in rows})
    build_staging(home, shopify.SOURCE, stripe.SOURCE)
    for (source, table), count in expected.items():
        assert home.warehouse(
            f"select count(*) from staging.stg_{source}__{table}"
        ) == [(count,)], (source, table)
    assert home.warehouse(
        "select sum(total_amount) from staging.stg_shopify__orders"
    ) == [(total(real_data / "shopify" / "shopify_order_data.csv", "total_price"),)]
    assert home.warehouse(
        "select sum(charge_amount) from staging.stg_stripe__charges"
    ) == [(total(real_data / "stripe" / "charge_data.csv", "amount") / 100,)]


def total(path: Path, column: str) -> Decimal:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum((Decimal(row[column]) for row in csv.DictReader(file)), Decimal(0))
