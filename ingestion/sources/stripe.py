"""Stripe: payments, refunds, customers and subscriptions, as the dashboard exports."""

from ingestion.tables import Amount, Column, Source, Table

# The dashboard writes whole amounts, Sigma and the API minor units, both as `amount`;
# which they are shows in the heading of the time: `Created (UTC)` or `created`. Both
# come to the same tables, so that a column that is missing in one is no news.
_CREATED = (
    Column(
        "created_utc", "timestamp", headings=("Created date (UTC)", "Created (UTC)")
    ),
    Column("created", "timestamp"),
)
_CUSTOMER_ID = Column("customer_id", headings=("Customer ID", "customer"))
_CUSTOMER_EMAIL = Column("customer_email", headings=("Customer Email", "receipt_email"))
_LIVE = Column("livemode", headings=("Mode",))
# Which order a payment is for, as shops note it: a column of its own or the whole JSON.
_ORDER_REFERENCE = (
    Column(
        "order_reference",
        headings=(
            "order_id (metadata)",
            "order_number (metadata)",
            "Order ID (metadata)",
            "orderId (metadata)",
            "order (metadata)",
            "order_id",
        ),
    ),
    Column("metadata"),
)


def _of_the_plan(*names: str) -> tuple[str, ...]:
    """What Sigma and flattened answers of the API call a property of the plan."""
    return tuple(f"plan{mark}{name}" for name in names for mark in ("_", "__", "."))


SOURCE = Source(
    name="stripe",
    description="Payments, refunds, customers and subscriptions exported from Stripe.",
    tables=(
        Table(
            "charges",
            "charges/*",
            (
                Column("charge_id", required=True, headings=("id",)),
                Column(
                    "payment_intent_id", headings=("PaymentIntent ID", "payment_intent")
                ),
                Column("invoice_id", headings=("Invoice ID", "invoice")),
                _CUSTOMER_ID,
                _CUSTOMER_EMAIL,
                Column("status", required=True),
                Column("captured"),
                Column("failure_code", headings=("Decline Reason",)),
                Column("description"),
                *_ORDER_REFERENCE,
                Column("card_fingerprint", headings=("Card Fingerprint",)),
                Column("statement_descriptor", headings=("Statement Descriptor",)),
                Column("currency", required=True),
                Column("amount", "decimal", True),
                Column("amount_refunded", "decimal", headings=("Amount Refunded",)),
                _LIVE,
                *_CREATED,
                Column("refunded_at", "timestamp", headings=("Refunded date (UTC)",)),
                Column("dispute_status", headings=("Dispute Status",)),
                Column("disputed_amount", "decimal", headings=("Disputed Amount",)),
                Column("disputed_at", "timestamp", headings=("Dispute Date (UTC)",)),
            ),
            is_mixed=True,
        ),
        Table(
            "refunds",
            "refunds/*",
            (
                Column("refund_id", required=True, headings=("id",)),
                Column("charge_id", headings=("Charge ID", "charge")),
                Column(
                    "payment_intent_id", headings=("PaymentIntent ID", "payment_intent")
                ),
                _CUSTOMER_ID,
                _CUSTOMER_EMAIL,
                Column("status"),
                Column("reason"),
                Column("description"),
                Column("currency", required=True),
                Column("amount", "decimal", True),
                *_CREATED,
            ),
            is_mixed=True,
        ),
        Table(
            "customers",
            "customers/*",
            (
                Column("customer_id", required=True, headings=("id",)),
                Column("email", headings=("Customer Email",)),
                Column("customer_name", headings=("Name",)),
                Column("phone"),
                Column("description"),
                Column("address_line_1", headings=("Address Line1", "address_line1")),
                Column("address_city", headings=("Address City",)),
                Column("address_state", headings=("Address State",)),
                Column(
                    "address_postal_code",
                    headings=("Address Postal Code", "Address Zip"),
                ),
                Column("address_country", headings=("Address Country",)),
                Column("currency"),
                Column("delinquent"),
                Column("is_deleted", headings=("deleted",)),
                Column("total_spend", "decimal", headings=("Total Spend",)),
                Column("payment_count", "integer", headings=("Payment Count",)),
                Column("refunded_volume", "decimal", headings=("Refunded Volume",)),
                _LIVE,
                *_CREATED,
            ),
            # Many are nothing but a day: programs make them before anybody signs.
            any_of=(
                "email",
                "customer_name",
                "phone",
                "description",
                "is_deleted",
                "total_spend",
            ),
            dated=("created_utc", "created"),
            is_mixed=True,
        ),
        Table(
            "subscriptions",
            "subscriptions/*",
            (
                Column("subscription_id", required=True, headings=("id",)),
                _CUSTOMER_ID,
                Column("customer_email", headings=("Customer Email",)),
                Column("customer_name", headings=("Customer Name",)),
                Column("status", required=True),
                Column("plan_id", headings=("Plan", *_of_the_plan("id"))),
                Column("product", headings=_of_the_plan("product", "product_id")),
                Column("quantity", "integer"),
                Column("currency", headings=_of_the_plan("currency")),
                Column("amount", "decimal", headings=_of_the_plan("amount")),
                Column(
                    "billing_interval",
                    headings=("Interval", *_of_the_plan("interval")),
                ),
                Column(
                    "interval_count",
                    "integer",
                    headings=("Interval Count", *_of_the_plan("interval_count")),
                ),
                Column("cancel_at_period_end", headings=("Cancel At Period End",)),
                Column("cancellation_reason", headings=("Cancellation Reason",)),
                _LIVE,
                *_CREATED,
                Column(
                    "started_at",
                    "timestamp",
                    headings=("Start (UTC)", "Start Date (UTC)", "start_date"),
                ),
                Column("trial_start", "timestamp", headings=("Trial Start (UTC)",)),
                Column("trial_end", "timestamp", headings=("Trial End (UTC)",)),
                Column(
                    "current_period_start",
                    "timestamp",
                    headings=("Current Period Start (UTC)",),
                ),
                Column(
                    "current_period_end",
                    "timestamp",
                    headings=("Current Period End (UTC)",),
                ),
                Column("canceled_at", "timestamp", headings=("Canceled At (UTC)",)),
                Column("ended_at", "timestamp", headings=("Ended At (UTC)",)),
            ),
            is_mixed=True,
        ),
    ),
    amounts=(
        Amount("charges", "amount"),
        Amount("refunds", "amount"),
    ),
)
