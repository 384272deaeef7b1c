"""Two published versions made by hand, to compare."""

from decimal import Decimal
from pathlib import Path

import duckdb

from ingestion.settings import Settings
from orchestration.change_causes import Explanation, explain

D1, D2 = "2026-07-10", "2026-07-11"
# What a table holds, with the value of a column that a test does not name.
TABLES = {
    "quality.files": {
        "source_name": "'shop'", "file_id": "null::varchar", "status": "'loaded'",
        "superseded_by_file_id": "null::varchar",
    },
    "main.orders": {
        "source_name": "'shop'", "order_id": "null::varchar",
        "customer_id": "'c1'", "record_id": "'shop.customer:1'", "status": "'paid'",
        "is_earning": "true", "currency": "'EUR'", "subtotal_amount": "10.00",
        "discount_amount": "0.00", "shipping_amount": "0.00", "tax_amount": "0.00",
        "total_amount": "10::decimal(18, 2)", "reporting_currency": "'EUR'",
        "reporting_total_amount": "total_amount",
        "reporting_net_amount": "total_amount",
        "ordered_on": "date '2026-07-01'",
        "ordered_at": "ordered_on::timestamp + interval 10 hour",
        "updated_at": "ordered_at", "file_id": "'f1'",
    },
    "main.refunds": {
        "source_name": "'shop'", "refund_id": "null::varchar",
        "order_id": "null::varchar", "customer_id": "'c1'", "is_final": "true",
        "is_counted": "true", "currency": "'EUR'", "refund_amount": "1::decimal(18, 2)",
        "reporting_currency": "'EUR'", "reporting_refund_amount": "refund_amount",
        "reporting_items_amount": "refund_amount",
        "refunded_on": "date '2026-07-01'", "refunded_at": "refunded_on::timestamp",
        "file_id": "'f1'",
    },
    "main.deals": {
        "source_name": "'crm'", "deal_id": "null::varchar", "customer_id": "'c1'",
        "record_id": "'crm.contact:1'", "pipeline": "'sales'", "deal_stage": "'new'",
        "is_open": "true", "is_won": "false", "currency": "'EUR'",
        "deal_amount": "5::decimal(18, 2)", "reporting_currency": "'EUR'",
        "reporting_deal_amount": "deal_amount",
        "created_at": "timestamp '2026-07-01'", "closed_at": "null::timestamp",
        "modified_at": "created_at", "file_id": "'f1'",
    },
    "main.tickets": {
        "source_name": "'desk'", "ticket_id": "null::varchar", "customer_id": "'c1'",
        "record_id": "'desk.user:1'", "pipeline": "null::varchar",
        "ticket_status": "'open'", "is_open": "true",
        "created_at": "timestamp '2026-07-01'", "closed_at": "null::timestamp",
        "modified_at": "created_at", "file_id": "'f1'",
    },
    "main.subscriptions": {
        "source_name": "'stripe'", "subscription_id": "null::varchar",
        "customer_id": "'c1'", "record_id": "'stripe.customer:1'",
        "status": "'active'", "state": "'active'", "is_recurring": "true",
        "currency": "'EUR'", "reporting_currency": "'EUR'",
        "monthly_amount": "10::decimal(18, 2)",
        "reporting_monthly_amount": "monthly_amount",
        "started_on": "date '2026-07-01'", "started_at": "started_on::timestamp",
        "trial_ends_at": "null::timestamp", "cancelled_at": "null::timestamp",
        "ended_at": "null::timestamp", "ended_on": "ended_at::date",
        "file_id": "'f1'",
    },
    "main.ad_performance": {
        "source_name": "'meta_ads'", "campaign_id": "null::varchar",
        "active_on": "date '2026-07-01'", "currency": "'EUR'",
        "reporting_currency": "'EUR'", "cost_amount": "4::decimal(18, 2)",
        "reporting_cost_amount": "cost_amount",
        "claimed_conversion_amount": "9::decimal(18, 2)",
        "reporting_claimed_conversion_amount": "claimed_conversion_amount",
        "click_count": "1", "file_id": "'f1'",
    },
    "main.sessions": {
        "source_name": "'web'", "session_id": "null::varchar", "visitor_id": "'v'",
        "customer_id": "'c1'", "is_counted": "true", "is_bot": "false",
        "page_view_count": "1", "event_count": "0",
        "started_at": "timestamp '2026-07-01'", "ended_at": "started_at",
    },
    "main.timeline": {
        "source_name": "'crm'", "event_id": "null::varchar", "customer_id": "'c1'",
        "record_id": "'crm.contact:1'", "event_type": "'call'", "channel": "'phone'",
        "occurred_at": "timestamp '2026-07-01'",
    },
    "main.customers": {
        "customer_id": "null::varchar", "is_identified": "true", "order_count": "0",
    },
    "identity.customer_ids": {
        "record_id": "null::varchar", "customer_id": "null::varchar",
    },
    "identity.records": {
        "record_id": "null::varchar", "source_name": "'shop'", "is_gone": "false",
        "first_seen_at": "timestamp '2026-07-01'", "last_seen_at": "first_seen_at",
    },
}  # fmt: skip
# Each metric as a reader of one version asks for it.
NUMBERS = {
    "net_revenue": "select sum(reporting_net_amount) from orders",
    "revenue": "select sum(reporting_total_amount) from orders where is_earning",
    "orders": "select count(*) from orders where is_earning",
    "orders_90_days": "select count(*) from orders"
    " where is_earning and ordered_on >= date '{night}' - 90",
    "refunds": "select sum(reporting_refund_amount) from refunds where is_counted",
    "recurring_revenue": "select sum(reporting_monthly_amount) from subscriptions"
    " where is_recurring",
    "ad_cost": "select sum(reporting_cost_amount) from ad_performance",
    "claimed_revenue": "select sum(reporting_claimed_conversion_amount)"
    " from ad_performance",
    "deals_won": "select count(*) from deals where is_won",
    "deals_won_amount": "select sum(reporting_deal_amount) from deals where is_won",
    "open_deals": "select count(*) from deals where is_open",
    "tickets": "select count(*) from tickets",
    "open_tickets": "select count(*) from tickets where is_open",
    "sessions": "select count(*) from sessions where is_counted and not is_bot",
    "sessions_30_days": "select count(*) from sessions where is_counted and not is_bot"
    " and started_at >= date '{night}' - 30",
    "touches": "select count(*) from timeline where channel not in ('web', 'shop',"
    " 'payments', 'subscriptions', 'sales', 'support', 'consent')",
    "customers": "select count(*) from customers",
    "identified_customers": "select count(*) from customers where is_identified",
    "buyers": "select count(*) from customers where order_count > 0",
}
Rows = dict[str, list[dict[str, object]]]


def publish(settings: Settings, name: str, **tables: list[dict[str, object]]) -> Path:
    """A version with these rows, by table; each says what is not as in all others."""
    version = settings.published / "versions" / name
    version.mkdir(parents=True)
    with duckdb.connect(str(version / "marts.duckdb")) as connection:
        for table, columns in TABLES.items():
            schema, _, short = table.partition(".")
            connection.execute(f"create schema if not exists {schema}")
            chosen = ", ".join(f"{sql} as {c}" for c, sql in columns.items())
            connection.execute(f"create table {table} as select {chosen} limit 0")
            for row in tables.get(short, []):
                given = ", ".join(
                    f"{_literal(row[c])} as {c}" if c in row else f"{sql} as {c}"
                    for c, sql in columns.items()
                )
                connection.execute(f"insert into {table} select {given}")
    return version


def _literal(value: object) -> str:
    if value is None:
        return "null"
    return f"'{value}'" if isinstance(value, str) else str(value)


def between(
    settings: Settings,
    metric: str,
    first: Rows,
    second: Rows,
    customer: str | None = None,
) -> Explanation:
    """Two nights with these rows, and the explanation, whose parts must add up."""
    earlier = publish(settings, f"{D1}_0001", **first)
    later = publish(settings, f"{D2}_0001", **second)
    found = explain(settings, metric, earlier, later, customer)
    total = found.values[1] - found.values[0]
    assert sum((part.change for part in found.parts), Decimal()) == total
    return found


def parts(found: Explanation) -> dict[tuple[str, str], tuple[int, str]]:
    return {
        (part.cause, part.what): (part.count, f"{part.change:f}")
        for part in found.parts
    }


def order(order_id: str, amount: float = 10, **more: object) -> dict[str, object]:
    return {"order_id": order_id, "total_amount": amount, **more}


BEFORE, DELIVERED = [{"file_id": "f1"}], [{"file_id": "f1"}, {"file_id": "f2"}]


def people(**records: str) -> Rows:
    """Records by the customer they are of; the customers are those named."""
    return {
        "records": [{"record_id": record} for record in records],
        "customer_ids": [
            {"record_id": record, "customer_id": customer}
            for record, customer in records.items()
        ],
        "customers": [{"customer_id": c} for c in sorted(set(records.values()))],
    }


def adds_up(found: Explanation, earlier: Path, later: Path) -> bool:
    """Whether its numbers are those of the versions, and its parts their difference."""
    for value, version in zip(found.values, (earlier, later), strict=True):
        asked = NUMBERS[found.metric].format(night=version.name.partition("_")[0])
        with duckdb.connect(str(version / "marts.duckdb"), read_only=True) as marts:
            [(number,)] = marts.execute(asked).fetchall()
        assert value == (number or 0), (found.metric, version.name)
    total = found.values[1] - found.values[0]
    return sum((part.change for part in found.parts), Decimal()) == total
