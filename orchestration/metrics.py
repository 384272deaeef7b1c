"""The metrics whose change is explained: over which public tables, and what adds up."""

from dataclasses import dataclass

_MONEY_OF_A_REFUND = """(
    select refunds.*, orders.record_id, orders.reporting_net_amount as order_net_amount
    from {version}.main.refunds as refunds
    left join {version}.main.orders as orders using (source_name, order_id)
)"""
_ORDERS_BEFORE_REFUNDS = """(
    select orders.*, coalesce(went_back.items_amount, 0) as went_back_amount
    from {version}.main.orders as orders
    left join (
        select source_name, order_id, sum(reporting_items_amount) as items_amount
        from {version}.main.refunds where is_counted group by all
    ) as went_back using (source_name, order_id)
)"""
_RECORDS_OF_CUSTOMERS = """(
    select records.*, customer_ids.customer_id
    from {version}.identity.records as records
    left join {version}.identity.customer_ids as customer_ids using (record_id)
)"""
_ORDER = "source_name || ' ' || order_id"


def _business_day(at: str) -> str:
    """The day of a UTC time in the reporting time zone, `{zone}`."""
    return f"cast(({at} at time zone 'UTC') at time zone '{{zone}}' as date)"


@dataclass(frozen=True)
class Fact:
    """The rows that a metric adds up, of one public table.

    All texts but `what` are SQL over the table's columns. `key` names a row in any
    version; `value` is what it adds, null where that is not known; `day` is the
    business day on which what counts happened. `said` are the columns as the source
    says them: a row in which they are equal was not restated. Rows that are not
    `counts` add nothing. `news` is the day of the newest that the source told of a row.
    Rows that are `of_the_day` have another value on another day by that alone.
    A row with equal `said` and another value, of which `follows` holds, changed because
    of others of the same `parent`. `file_of` is the table whose column `file_id` says
    which file a row came from, where there is one.
    """

    what: str
    table: str
    key: str
    day: str
    said: tuple[str, ...]
    value: str = "1"
    counts: str = "true"
    record: str = "record_id"
    customer: str = "customer_id"
    of_the_day: str = "false"
    news: str = "null"
    parent: str = "null"
    follows: str = "false"
    file_of: str | None = None


@dataclass(frozen=True)
class Metric:
    """A number that readers see, and the facts that it is the sum of.

    With `window_days` a fact adds for so many days before the night. With `customers`,
    a condition over marts.customers, the metric counts customers of whom it holds; its
    facts then only tell why it began or ceased to hold.
    """

    meaning: str
    facts: tuple[Fact, ...]
    is_money: bool = False
    window_days: int | None = None
    customers: str | None = None


# Of all orders, so that one that is paid later is the same record with other values.
_SAID_OF_ORDERS = (
    "record_id", "status", "currency", "subtotal_amount", "discount_amount",
    "shipping_amount", "tax_amount", "total_amount", "ordered_at", "updated_at",
)  # fmt: skip
_SAID_OF_DEALS = (
    "record_id", "pipeline", "deal_stage", "currency", "deal_amount", "created_at",
    "modified_at",
)  # fmt: skip
_SAID_OF_TICKETS = (
    "record_id",
    "pipeline",
    "ticket_status",
    "created_at",
    "modified_at",
)


def _orders(value: str, table: str = "{version}.main.orders", **more: str) -> Fact:
    return Fact(
        "orders", table, _ORDER, "ordered_on", _SAID_OF_ORDERS, value,
        file_of="orders", **more,
    )  # fmt: skip


def _refunds(value: str) -> Fact:
    """A refund begins or ceases to count with its order, without a word of its own."""
    return Fact(
        what="refunds",
        table=_MONEY_OF_A_REFUND,
        key="source_name || ' ' || refund_id",
        day="refunded_on",
        said=("order_id", "is_final", "currency", "refund_amount", "refunded_at"),
        value=value,
        parent=_ORDER,
        follows="true",
        file_of="refunds",
    )


def _deals(what: str, value: str, counts: str, day: str) -> Fact:
    return Fact(
        what, "{version}.main.deals", "source_name || ' ' || deal_id", day,
        _SAID_OF_DEALS, value, counts, file_of="deals",
    )  # fmt: skip


def _tickets(what: str, value: str, counts: str, day: str) -> Fact:
    return Fact(
        what, "{version}.main.tickets", "source_name || ' ' || ticket_id", day,
        _SAID_OF_TICKETS, value, counts, file_of="tickets",
    )  # fmt: skip


def _subscriptions(what: str, value: str, more: str, day: str) -> Fact:
    """A trial begins when it is over; what is paid is worth what the day's rate is."""
    return Fact(
        what=what,
        table="{version}.main.subscriptions",
        key="source_name || ' ' || subscription_id",
        day=day,
        said=("record_id", "status", "currency", "monthly_amount", "started_at",
              "trial_ends_at", "cancelled_at", "ended_at"),
        value=value,
        counts=f"state in ('active', 'past due', 'paused', 'cancelled'){more}",
        of_the_day="currency <> reporting_currency",
        file_of="subscriptions",
    )  # fmt: skip


def _ads(value: str) -> Fact:
    return Fact(
        what="campaign days",
        table="{version}.main.ad_performance",
        key="source_name || ' ' || campaign_id || ' ' || active_on",
        day="active_on",
        said=("currency", "cost_amount", "claimed_conversion_amount", "click_count"),
        value=f"case when {value} is null then 0 else reporting_{value} end",
        record="null",
        customer="null",
        file_of="ad_performance",
    )


_CLOSED = f"coalesce({_business_day('closed_at')}, {_business_day('modified_at')})"
_CREATED = _business_day("created_at")
_SESSIONS = Fact(
    what="sessions",
    table="{version}.main.sessions",
    key="session_id",
    day=_business_day("started_at"),
    said=("page_view_count", "event_count", "started_at", "ended_at"),
    value="case when is_counted and not is_bot then 1 else 0 end",
    record="null",
    # What a visitor does makes a bot of it, and of the sessions that it had before.
    parent="source_name || ' ' || visitor_id",
    follows="true",
)
_TOUCHES = Fact(
    what="touches",
    table="{version}.main.timeline",
    key="source_name || ' ' || event_id",
    day=_business_day("occurred_at"),
    said=("record_id", "event_type", "occurred_at"),
    counts="channel in ('phone', 'email', 'sms', 'meeting', 'social', 'form',"
    " 'product', 'note', 'task')",
)
_RECORDS = Fact(
    what="customers",
    table=_RECORDS_OF_CUSTOMERS,
    key="record_id",
    day=_business_day("first_seen_at"),
    said=("is_gone", "first_seen_at", "last_seen_at"),
    value="case when is_gone then 0 else 1 end",
    news=_business_day("last_seen_at"),
)
_EARNED = "case when is_earning then {} else 0 end"

METRICS = {
    "net_revenue": Metric(
        "orders that earn, without tax and shipping, less refunds of items:"
        " reporting_net_amount of marts.orders",
        (
            # Refunds are told apart from the orders that they take from. The cents
            # that rounding moves between the two go where the refund goes.
            _orders(
                "reporting_net_amount + went_back_amount", _ORDERS_BEFORE_REFUNDS,
                parent=_ORDER, follows="abs(later_value - earlier_value) <= 0.05",
            ),
            _refunds(
                "case when is_counted and order_net_amount is not null"
                " then -reporting_items_amount else 0 end"
            ),
        ),
        is_money=True,
    ),
    "revenue": Metric(
        "orders that earn, gross: reporting_total_amount of marts.orders",
        (_orders(_EARNED.format("reporting_total_amount")),),
        is_money=True,
    ),
    "orders": Metric(
        "orders that earn: is_earning of marts.orders", (_orders(_EARNED.format(1)),)
    ),
    "orders_90_days": Metric(
        "orders that earn, of the 90 days before the night",
        (_orders(_EARNED.format(1)),),
        window_days=90,
    ),
    "refunds": Metric(
        "what went back of orders that earn: reporting_refund_amount of marts.refunds",
        (
            _refunds("case when is_counted then reporting_refund_amount else 0 end"),
            _orders("0", parent=_ORDER),
        ),
        is_money=True,
    ),
    "recurring_revenue": Metric(
        "what subscriptions bring in a month: reporting_monthly_amount of"
        " marts.subscriptions where is_recurring",
        (
            _subscriptions(
                "subscriptions begun", "reporting_monthly_amount", "",
                f"coalesce({_business_day('trial_ends_at')}, started_on)",
            ),
            _subscriptions(
                "subscriptions ended", "-reporting_monthly_amount",
                " and not is_recurring",
                f"coalesce(ended_on, {_business_day('cancelled_at')})",
            ),
        ),
        is_money=True,
    ),
    "ad_cost": Metric(
        "what was spent on advertising: reporting_cost_amount of marts.ad_performance",
        (_ads("cost_amount"),),
        is_money=True,
    ),
    "claimed_revenue": Metric(
        "what advertising networks claim to have sold:"
        " reporting_claimed_conversion_amount of marts.ad_performance",
        (_ads("claimed_conversion_amount"),),
        is_money=True,
    ),
    "deals_won": Metric(
        "deals that are won: is_won of marts.deals",
        (_deals("deals won", "1", "is_won", _CLOSED),),
    ),
    "deals_won_amount": Metric(
        "deals that are won: reporting_deal_amount of marts.deals",
        (
            _deals(
                "deals won", "case when deal_amount is null then 0 else"
                " reporting_deal_amount end", "is_won", _CLOSED,
            ),
        ),
        is_money=True,
    ),
    "open_deals": Metric(
        "deals neither won nor lost: is_open of marts.deals",
        (
            _deals("deals created", "1", "true", _CREATED),
            _deals("deals closed", "-1", "not is_open", _CLOSED),
        ),
    ),
    "tickets": Metric(
        "support tickets, of any state", (_tickets("tickets", "1", "true", _CREATED),)
    ),
    "open_tickets": Metric(
        "tickets not yet solved or closed: is_open of marts.tickets",
        (
            _tickets("tickets opened", "1", "true", _CREATED),
            _tickets("tickets solved", "-1", "not is_open", _CLOSED),
        ),
    ),
    "sessions": Metric(
        "web sessions of humans, each visit once: is_counted and not is_bot of"
        " marts.sessions",
        (_SESSIONS,),
    ),
    "sessions_30_days": Metric(
        "web sessions of humans, begun within the 30 days before the night",
        (_SESSIONS,),
        window_days=30,
    ),
    "touches": Metric(
        "calls, messages, notes, meetings, forms, social, product use, of"
        " marts.timeline",
        (_TOUCHES,),
    ),
    "customers": Metric(
        "all customers, browsers that nobody has named among them",
        (_RECORDS,),
        customers="true",
    ),
    "identified_customers": Metric(
        "customers known to more than the web: is_identified of marts.customers",
        (_RECORDS,),
        customers="is_identified",
    ),
    "buyers": Metric(
        "customers with an order that earns: order_count of marts.customers",
        (_orders(_EARNED.format(1)),),
        customers="order_count > 0",
    ),
}  # fmt: skip
