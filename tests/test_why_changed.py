"""The change of a number between two nights adds up, and each part has its cause."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings
from orchestration.change_causes import explain
from orchestration.metrics import METRICS
from orchestration.published import versions_kept
from orchestration.why_changed import why_changed
from tests.two_versions import (
    BEFORE,
    D1,
    D2,
    DELIVERED,
    NUMBERS,
    Rows,
    adds_up,
    between,
    order,
    parts,
    people,
    publish,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def test_orders_come_new_late_and_restated(settings: Settings) -> None:
    found = between(
        settings,
        "revenue",
        {"files": BEFORE, "orders": [order("kept"), order("dearer", 20)]},
        {
            "files": DELIVERED,
            "orders": [
                order("kept"),
                order("dearer", 25, updated_at="2026-07-11", file_id="f2"),
                order("late", 7, ordered_on="2026-07-09", file_id="f2"),
                order("of the day", 3, ordered_on=D1, file_id="f2"),
                order("new", 2, ordered_on=D2, file_id="f2"),
            ],
        },
    )
    assert found.values == (Decimal("30.00"), Decimal("47.00"))
    assert parts(found) == {
        ("restated data", "orders"): (1, "5.00"),
        ("late data", "orders"): (1, "7.00"),
        ("new data", f"orders of {D1} itself"): (1, "3.00"),
        ("new data", "orders"): (1, "2.00"),
    }
    assert found.currencies == ("EUR", "EUR")
    assert found.notes == ()


def test_an_order_that_is_gone_was_taken_back(settings: Settings) -> None:
    """Its file counts no more, or its source delivered one in which it is not."""
    withdrawn = [{"file_id": "f1", "superseded_by_file_id": "f2"}, {"file_id": "f2"}]
    found = between(
        settings,
        "orders",
        {"files": BEFORE, "orders": [order("gone"), order("kept")]},
        {"files": withdrawn, "orders": [order("kept", file_id="f2")]},
    )
    assert parts(found) == {("restated data", "orders"): (1, "-1")}


def test_same_files_and_another_value_are_a_rule(settings: Settings) -> None:
    """A rate was mended, a status got a class, a refused line was replayed."""
    first = [order("rate", reporting_total_amount=None), order("status", 5)]
    second = [
        order("rate", 10, reporting_total_amount=12),
        order("status", 5),
        order("replayed", 4),
    ]
    found = between(
        settings,
        "revenue",
        {"files": BEFORE, "orders": [first[0], {**first[1], "is_earning": False}]},
        {"files": BEFORE, "orders": second},
    )
    assert parts(found) == {("rule", "orders"): (3, "21.00")}
    assert found.notes == (
        "rows without a rate of their currency and day add nothing: 1 in"
        f" {D1}_0001, 0 in {D2}_0001; see quality.missing_rates",
    )


def test_a_full_export_every_night_hides_no_rule(settings: Settings) -> None:
    """The file is another, but what the source says is the same."""
    found = between(
        settings,
        "revenue",
        {"files": BEFORE, "orders": [order("o")]},
        {
            "files": [
                {"file_id": "f1", "superseded_by_file_id": "f2"},
                {"file_id": "f2"},
            ],
            "orders": [order("o", reporting_total_amount=11, file_id="f2")],
        },
    )
    assert parts(found) == {("rule", "orders"): (1, "1.00")}


def test_a_refund_restates_no_order(settings: Settings) -> None:
    """Shops that book a refund on the day of its order show another past month."""
    refund = {"order_id": "o", "refund_id": "r", "refund_amount": 3, "file_id": "f2"}
    found = between(
        settings,
        "net_revenue",
        {"files": BEFORE, "orders": [order("o")]},
        {
            "files": DELIVERED,
            # The cent is of rounding: 2.995 went back, and is shown as 3.00.
            "orders": [order("o", reporting_net_amount=7.01)],
            "refunds": [{**refund, "refunded_on": D2}],
        },
    )
    assert found.values == (Decimal("10.00"), Decimal("7.01"))
    assert parts(found) == {
        ("new data", "refunds"): (1, "-3.00"),
        ("new data", "orders"): (1, "0.01"),
    }


def test_a_refund_that_counts_with_its_order_has_its_cause(settings: Settings) -> None:
    refund = {"order_id": "o", "refund_id": "r", "refund_amount": 3}
    pending = order(
        "o", status="pending", is_earning=False, reporting_net_amount=0
    )  # fmt: skip
    paid = order("o", reporting_net_amount=7, updated_at="2026-07-11", file_id="f2")
    first = {
        "files": BEFORE,
        "orders": [pending],
        "refunds": [{**refund, "is_counted": False}],
    }
    second = {"files": DELIVERED, "orders": [paid], "refunds": [refund]}
    assert parts(between(settings, "net_revenue", first, second)) == {
        ("restated data", "orders"): (1, "10.00"),
        ("restated data", "refunds"): (1, "-3.00"),
    }
    found = explain(settings, "refunds", *reversed(versions_kept(settings)))
    assert parts(found) == {("restated data", "refunds"): (1, "3.00")}


def test_the_day_leaves_behind_what_is_counted_back(settings: Settings) -> None:
    old = order("old", ordered_on="2026-04-11")
    found = between(
        settings,
        "orders_90_days",
        {"files": BEFORE, "orders": [old, order("kept")]},
        {
            "files": DELIVERED,
            "orders": [
                old,
                order("kept"),
                order("late, and too old", ordered_on="2026-04-11", file_id="f2"),
                order("new", ordered_on=D2, file_id="f2"),
            ],
        },
    )
    assert found.values == (2, 2)
    assert parts(found) == {
        ("passing of the day", "orders"): (1, "-1"),
        ("new data", "orders"): (1, "1"),
    }


def test_a_deal_is_new_when_it_was_won(settings: Settings) -> None:
    """Not when it was created; won and opened again, it is restated."""
    won = {"is_open": False, "is_won": True, "deal_stage": "won", "file_id": "f2"}
    files = [{"file_id": f"f{n}", "source_name": "crm"} for n in (1, 2)]
    found = between(
        settings,
        "deals_won",
        {
            "files": files[:1],
            "deals": [
                {"deal_id": "a"},
                {"deal_id": "b"},
                {"deal_id": "c", **won, "file_id": "f1", "closed_at": "2026-07-05"},
                {"deal_id": "d", "deal_stage": "done", "closed_at": "2026-07-05"},
                {"deal_id": "e", "closed_at": D2},
            ],
        },
        {
            "files": files,
            "deals": [
                {"deal_id": "a", **won, "closed_at": D2},
                {"deal_id": "b", **won, "closed_at": "2026-07-08"},
                {"deal_id": "c", "file_id": "f2"},
                # A label was given its meaning.
                {
                    **{"deal_id": "d", "deal_stage": "done", "closed_at": "2026-07-05"},
                    **{"is_won": True, "is_open": False},
                },
                # It was to be closed on that day, as its source said before.
                {"deal_id": "e", "closed_at": D2, "is_won": True, "is_open": False},
            ],
        },
    )
    assert parts(found) == {
        ("new data", "deals won"): (1, "1"),
        ("late data", "deals won"): (1, "1"),
        ("restated data", "deals won"): (1, "-1"),
        ("rule", "deals won"): (1, "1"),
        ("passing of the day", "deals won"): (1, "1"),
    }


def test_open_tickets_are_those_opened_less_those_solved(settings: Settings) -> None:
    files = [{"file_id": f"f{n}", "source_name": "desk"} for n in (1, 2)]
    solved = {"is_open": False, "ticket_status": "solved", "file_id": "f2"}
    found = between(
        settings,
        "open_tickets",
        {"files": files[:1], "tickets": [{"ticket_id": "1"}, {"ticket_id": "2"}]},
        {
            "files": files,
            "tickets": [
                {"ticket_id": "1", **solved, "closed_at": f"{D2} 08:00:00"},
                {"ticket_id": "2", **solved, "closed_at": "2026-07-08 08:00:00"},
                {"ticket_id": "3", "created_at": f"{D2} 09:00:00", "file_id": "f2"},
            ],
        },
    )
    assert found.values == (2, 1)
    assert parts(found) == {
        ("new data", "tickets opened"): (1, "1"),
        ("new data", "tickets solved"): (1, "-1"),
        ("late data", "tickets solved"): (1, "-1"),
    }


def test_recurring_revenue_is_what_began_less_what_ended(settings: Settings) -> None:
    """A trial that is paid for, one that ended, a new price, a rate of the day."""
    files = [{"file_id": f"f{n}", "source_name": "stripe"} for n in (1, 2)]
    trial = {"status": "trialing", "state": "trial", "is_recurring": False}
    over = {"status": "canceled", "state": "cancelled", "is_recurring": False}
    foreign = {"subscription_id": "usd", "currency": "USD"}
    found = between(
        settings,
        "recurring_revenue",
        {
            "files": files[:1],
            "subscriptions": [
                {"subscription_id": "trial", "trial_ends_at": D2, **trial},
                {"subscription_id": "over"},
                {"subscription_id": "dearer"},
                {**foreign, "reporting_monthly_amount": 9.00},
            ],
        },
        {
            "files": files,
            "subscriptions": [
                {"subscription_id": "trial", "trial_ends_at": D2, "file_id": "f2"},
                {"subscription_id": "over", "ended_at": D2, "file_id": "f2", **over},
                {"subscription_id": "dearer", "monthly_amount": 12, "file_id": "f2"},
                {**foreign, "reporting_monthly_amount": 9.50},
            ],
        },
    )
    assert found.values == (Decimal("29.00"), Decimal("31.50"))
    assert parts(found) == {
        ("new data", "subscriptions begun"): (1, "10.00"),
        ("new data", "subscriptions ended"): (1, "-10.00"),
        ("restated data", "subscriptions begun"): (1, "2.00"),
        ("passing of the day", "subscriptions begun"): (1, "0.50"),
    }


def test_a_network_restates_what_it_claims_for_weeks(settings: Settings) -> None:
    files = [{"file_id": f"f{n}", "source_name": "meta_ads"} for n in (1, 2)]
    day = {"campaign_id": "7"}
    found = between(
        settings,
        "claimed_revenue",
        {"files": files[:1], "ad_performance": [day]},
        {
            "files": files,
            "ad_performance": [
                {**day, "claimed_conversion_amount": 30, "file_id": "f2"},
                {**day, "active_on": D1, "file_id": "f2"},
            ],
        },
    )
    assert parts(found) == {
        ("restated data", "campaign days"): (1, "21.00"),
        ("new data", f"campaign days of {D1} itself"): (1, "9.00"),
    }


def test_sessions_of_a_visitor_found_out_go_with_its_new_ones(
    settings: Settings,
) -> None:
    """No column says the file of a session: its source must have delivered."""
    seen = {"session_id": "s1", "visitor_id": "bot"}
    new = {"session_id": "s2", "started_at": D2, "is_bot": True, "page_view_count": 99}
    other = {"session_id": "s3", "visitor_id": "human"}
    first = {
        "files": [{"file_id": "w1", "source_name": "web"}],
        "sessions": [seen, other],
    }
    second = {
        "files": [*first["files"], {"file_id": "w2", "source_name": "web"}],
        "sessions": [
            {**seen, "is_bot": True},
            {**new, "visitor_id": "bot"},
            {**other, "ended_at": "2026-07-01 01:00:00", "is_counted": False},
        ],
    }
    found = between(settings, "sessions", first, second)
    assert parts(found) == {
        ("new data", "sessions"): (1, "-1"),
        ("restated data", "sessions"): (1, "-1"),
    }
    assert found.notes == (
        "nothing published says which file these sessions came from: of a source that"
        " delivered since, a changed rule cannot be told from late and restated data",
    )


def test_sessions_of_a_silent_source_change_by_a_rule(settings: Settings) -> None:
    files = [{"file_id": "w1", "source_name": "web"}]
    found = between(
        settings,
        "sessions",
        {"files": files, "sessions": [{"session_id": "one"}]},
        {"files": files, "sessions": [{"session_id": "a"}, {"session_id": "b"}]},
    )
    assert parts(found) == {("rule", "sessions"): (3, "1")}
    assert found.notes == ()


def test_every_metric_adds_up_where_everything_moves(settings: Settings) -> None:
    """All tables at once, each with a row that came, one that went, one that stayed."""
    keys = {
        "orders": "order_id", "refunds": "refund_id", "deals": "deal_id",
        "tickets": "ticket_id", "sessions": "session_id", "timeline": "event_id",
        "subscriptions": "subscription_id", "ad_performance": "campaign_id",
    }  # fmt: skip

    def rows(*names: str) -> Rows:
        given = {t: [{key: name} for name in names] for t, key in keys.items()}
        given["refunds"] = [{**row, "order_id": "stays"} for row in given["refunds"]]
        return {**given, **people(**{name: name for name in names})}

    earlier = publish(settings, f"{D1}_0001", files=BEFORE, **rows("stays", "goes"))
    later = publish(settings, f"{D2}_0001", files=DELIVERED, **rows("stays", "comes"))
    assert set(NUMBERS) == set(METRICS)
    for metric in METRICS:
        assert adds_up(explain(settings, metric, earlier, later), earlier, later)


def test_the_answer_in_words(settings: Settings) -> None:
    between(
        settings,
        "revenue",
        {"files": BEFORE, "orders": [order("a", 1000)]},
        {
            "files": DELIVERED,
            "orders": [
                order("a", 1000),
                order("b", 234.5, ordered_on="2026-07-02", file_id="f2"),
            ],
        },
    )
    assert why_changed(settings, "revenue", D1, D2, None).splitlines() == [
        "revenue: orders that earn, gross: reporting_total_amount of marts.orders",
        "2026-07-10_0001           1,000.00 EUR",
        "2026-07-11_0001           1,234.50 EUR",
        "change                     +234.50",
        "  late data                +234.50  happened before 2026-07-10, came after its"
        " night",
        "              +234.50  orders: 1",
        "              +234.50    shop b",
    ]
    assert why_changed(settings, "orders", D2, D2, None).endswith("+0")


def test_two_versions_of_one_night_are_compared_by_name(settings: Settings) -> None:
    """A night run again after a seed was mended."""
    publish(settings, f"{D1}_0001", files=BEFORE, orders=[order("a", is_earning=False)])
    publish(settings, f"{D1}_0002", files=BEFORE, orders=[order("a")])
    answer = why_changed(settings, "orders", f"{D1}_0001", D1, None)
    assert "\n  rule                          +1  the same files" in answer


def test_what_cannot_be_answered_says_why(settings: Settings) -> None:
    with pytest.raises(LookupError, match="nothing is published yet in "):
        why_changed(settings, "orders", D1, D2, None)
    publish(settings, f"{D1}_0001")
    version = publish(settings, f"{D2}_0001")
    with pytest.raises(
        LookupError, match="no metric is called profit:\n  net_revenue  "
    ):
        why_changed(settings, "profit", D1, D2, None)
    with pytest.raises(LookupError) as pruned:
        why_changed(
            replace(settings, keep_versions=2), "orders", "2026-07-01", D2, None
        )
    assert str(pruned.value) == (
        f"no version of 2026-07-01 is kept; there are {D2}_0001, {D1}_0001. Set"
        " UNAVISTA_KEEP_VERSIONS (now 2) to keep more from the next night on"
    )
    with pytest.raises(ValueError, match="is after 2026-07-10: say the earlier night"):
        why_changed(settings, "orders", D2, D1, None)
    with duckdb.connect(str(version / "marts.duckdb")) as connection:
        connection.execute("alter table main.orders drop column is_earning")
    with pytest.raises(ValueError, match="one was published by another release"):
        why_changed(settings, "orders", D1, D2, None)


def test_a_night_run_after_the_later_one_is_told(settings: Settings) -> None:
    """It knew files that the later version does not."""
    found = between(
        settings,
        "orders",
        {"files": DELIVERED, "orders": [order("a", file_id="f2")]},
        {"files": BEFORE},
    )
    assert parts(found) == {("restated data", "orders"): (1, "-1")}
    assert "does not know 1 files of 2026-07-10_0001" in found.notes[0]


def test_nights_of_earlier_releases_do_without_the_file(settings: Settings) -> None:
    first = {"files": BEFORE, "orders": [order("a")]}
    second = {"files": DELIVERED, "orders": [order("a"), order("b", file_id="f2")]}
    between(settings, "orders", first, second)
    later, earlier = versions_kept(settings)
    with duckdb.connect(str(earlier / "marts.duckdb")) as connection:
        connection.execute("alter table main.orders drop column file_id")
    found = explain(settings, "orders", earlier, later)
    assert parts(found) == {("late data", "orders"): (1, "1")}
    assert len(found.notes) == 1
