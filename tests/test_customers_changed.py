"""Why there are more or fewer customers, and why a customer has another number."""

from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.settings import Settings
from orchestration.change_causes import explain
from orchestration.published import versions_kept
from tests.two_versions import BEFORE, D2, DELIVERED, between, order, parts, people


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def test_customers_are_born_merged_split_and_gone(settings: Settings) -> None:
    """An anonymous browser that signs in lowers the count of days long past."""
    first = people(
        a="ann", browser="nobody", b="bob", b2="bob", g="gone", untouched="x"
    )
    second = people(
        a="ann", browser="ann", b="bob", b2="bo", late="lea", new="ned", untouched="x"
    )
    at = {"late": "2026-06-01 08:00:00", "new": f"{D2} 08:00:00"}
    second["records"] = [
        {**record, "first_seen_at": at.get(str(record["record_id"]), "2026-07-01")}
        for record in second["records"]
    ]
    found = between(
        settings,
        "customers",
        {"files": BEFORE, **first},
        {"files": DELIVERED, **second},
    )
    assert found.values == (5, 6)
    assert parts(found) == {
        # nobody went into ann, bo came out of bob
        ("identity", "customers"): (2, "0"),
        ("late data", "customers"): (1, "1"),
        ("new data", "customers"): (1, "1"),
        ("restated data", "customers"): (1, "-1"),
    }
    assert {(row.cause, row.key, int(row.change)) for row in found.examples} == {
        ("identity", "nobody", -1),
        ("identity", "bo", 1),
        ("late data", "lea", 1),
        ("new data", "ned", 1),
        ("restated data", "gone", -1),
    }


def test_a_browser_is_named_by_what_it_did_since(settings: Settings) -> None:
    """Or by a rule, where nothing was heard of it."""
    names = {"browser": "b", "quiet": "q"}
    first, second = people(**names), people(**names)
    first["customers"] = [
        {"customer_id": c, "is_identified": False} for c in names.values()
    ]
    second["records"][0]["last_seen_at"] = f"{D2} 08:00:00"
    found = between(
        settings,
        "identified_customers",
        {"files": BEFORE, **first},
        {"files": DELIVERED, **second},
    )
    assert parts(found) == {
        ("new data", "customers"): (1, "1"),
        ("rule", "customers"): (1, "1"),
    }


def test_a_buyer_becomes_one_by_an_order_or_by_a_merge(settings: Settings) -> None:
    def buyers(*names: str) -> list[dict[str, object]]:
        return [{"customer_id": name, "order_count": 1} for name in names]

    moved = order("o1", customer_id="old", record_id="r1")
    found = between(
        settings,
        "buyers",
        {"files": BEFORE, "orders": [moved], "customers": buyers("old")},
        {
            "files": DELIVERED,
            "orders": [
                {**moved, "customer_id": "heir"},
                order("o2", customer_id="late", ordered_on="2026-07-02", file_id="f2"),
            ],
            "customers": buyers("heir", "late"),
        },
    )
    assert parts(found) == {
        ("identity", "customers"): (2, "0"),
        ("late data", "customers"): (1, "1"),
    }


def test_of_one_customer_a_merge_is_identity(settings: Settings) -> None:
    """The same records and values; what the source gave another buyer is restated."""
    first = [
        order("a", 10, customer_id="ann", record_id="r1"),
        order("b", 20, customer_id="bob", record_id="r2"),
        order("c", 40, customer_id="bob", record_id="r2"),
    ]
    second = [
        first[0],
        {**first[1], "customer_id": "ann"},
        {**first[2], "customer_id": "ann", "record_id": "r1", "file_id": "f2"},
        order("d", 80, customer_id="bob", record_id="r3", file_id="f2"),
    ]
    found = between(
        settings,
        "revenue",
        {"files": BEFORE, "orders": first},
        {"files": DELIVERED, "orders": second},
        customer="ann",
    )
    assert found.values == (Decimal("10.00"), Decimal("70.00"))
    assert parts(found) == {
        ("identity", "orders"): (1, "20.00"),
        ("restated data", "orders"): (1, "40.00"),
    }
    with pytest.raises(ValueError, match="customers is of no one customer"):
        explain(settings, "customers", *reversed(versions_kept(settings)), "ann")
