"""A source of one's own: one module, one folder, one line; then it counts everywhere.

The gift shop's invoices are real (half a million lines), the workshop's files are made
up. Both are added to a copy of the project the way a user would.
"""

import filecmp
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.conftest import REPOSITORY, Home

OWN = Path(__file__).with_name("own_sources")
GIVES = {
    "online_retail": "[people, orders, order_lines, refunds]",
    "workshop": "[people, orders, deals]",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product with two more sources."""
    project = tmp_path_factory.mktemp("own") / "project"
    ignored = shutil.ignore_patterns(
        "data", ".*", "target", "__pycache__", "logs", "*.egg-info"
    )
    shutil.copytree(REPOSITORY, project, ignore=ignored)
    models = project / "dbt_project" / "models" / "staging"
    settings = project / "dbt_project" / "dbt_project.yml"
    for name, concepts in GIVES.items():
        shutil.copy(OWN / name / f"{name}.py", project / "ingestion" / "sources")
        shutil.copytree(OWN / name / "models", models / name)
        text = settings.read_text()
        settings.write_text(
            text.replace("  gives:\n", f"  gives:\n    {name}: {concepts}\n")
        )
    return project


def test_nothing_else_is_edited(project: Path) -> None:
    edited, added = _differences(REPOSITORY, project)
    assert edited == ["dbt_project/dbt_project.yml"]
    assert added == sorted(
        f"{place}/{name}{ending}"
        for name in GIVES
        for place, ending in (
            ("dbt_project/models/staging", ""), ("ingestion/sources", ".py"),
        )
    )  # fmt: skip
    before = (REPOSITORY / edited[0]).read_text().splitlines()
    after = (project / edited[0]).read_text().splitlines()
    assert [line for line in after if line not in before] == [
        f"    {name}: {concepts}" for name, concepts in reversed(GIVES.items())
    ]
    assert [line for line in after if line in before] == before


def _differences(original: Path, copy: Path) -> tuple[list[str], list[str]]:
    """Files that differ, and files and folders that only the copy has."""
    edited, added = [], []

    def walk(found: filecmp.dircmp, at: str) -> None:
        _, differ, odd = filecmp.cmpfiles(
            found.left, found.right, found.common_files, shallow=False
        )
        edited.extend(at + name for name in differ + odd)
        added.extend(at + name for name in found.right_only)
        for name, inner in found.subdirs.items():
            walk(inner, f"{at}{name}/")

    ignored = ["data", "target", "__pycache__", "logs"]
    walk(filecmp.dircmp(original, copy, ignore=ignored), "")
    return sorted(edited), sorted(added)


@pytest.fixture(scope="module")
def workshop(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A night over the workshop's files and a shop that knows one of its customers."""
    home = Home(
        tmp_path_factory.mktemp("workshop") / "home", repository=project
    ).prepared()
    home.deliver(
        "workshop/customers/june.csv",
        "number,name,email,town,since\n"
        "7,Gwen Pryce,gwen.pryce@llanmail.net,Bala,2024-03-01\n"
        "8,Tudor Madoc,,Bala,2025-05-01\n",
    )
    home.deliver(
        "workshop/jobs/june.csv",
        "job,customer,state,price,vat,done_at\n"
        "J1,7,given back,60.00,10.00,2026-06-02 09:00:00\n"
        "J2,7,given back,120.00,20.00,2026-06-20 09:00:00\n"
        "J3,8,void,600.00,100.00,2026-06-21 09:00:00\n",
    )
    home.deliver(
        "workshop/quotes/june.csv",
        "quote,customer,bicycle,price,answer,written_at,answered_at\n"
        "Q1,7,tourer,900.00,yes,2026-06-03 09:00:00,2026-06-08 09:00:00\n"
        "Q2,8,tandem,2500.00,,2026-06-25 09:00:00,\n",
    )
    home.deliver(
        "shop/customers/june.csv",
        "customer_id,email,first_name,last_name,phone,birth_date,street,city,"
        "postal_code,country_code,accepts_marketing,is_guest,created_at,updated_at\n"
        "s-7,gwen.pryce@llanmail.net,Gwen,Pryce,,,,,,GB,true,false,"
        "2026-06-01T08:00:00Z,2026-06-01T08:00:00Z\n",
    )
    home.deliver(
        "shop/orders/june.csv",
        "order_id,customer_id,email,status,channel,currency,subtotal,discount,shipping,"
        "tax,total,ordered_at,updated_at\n"
        "S1,s-7,,paid,web,EUR,20.00,0.00,0.00,0.00,20.00,2026-06-05T10:00:00Z,"
        "2026-06-05T10:00:00Z\n",
    )
    home.run()
    return home


def test_its_people_are_identified_with_those_of_others(workshop: Home) -> None:
    assert workshop.published(
        "select string_agg(record_id, ' ' order by record_id)"
        " from identity.customer_ids group by customer_id order by 1"
    ) == [("shop.customer:s-7 workshop.customer:7",), ("workshop.customer:8",)]


def test_its_orders_and_deals_count_in_customers(workshop: Home) -> None:
    """Pounds at the seed's rate of 1.15: 60 and 120 are 69 and 138 euros."""
    assert workshop.published(
        "select order_count, revenue_amount, cancelled_order_count, deal_count,"
        " won_deal_count, open_deal_count, days_since_last_order, city"
        " from marts.customers order by order_count desc"
    ) == [
        (3, Decimal("227.00"), 0, 1, 1, 0, 11, "Bala"),
        (0, Decimal("0.00"), 1, 1, 0, 1, None, "Bala"),
    ]


def test_its_orders_and_deals_stand_in_the_timeline(workshop: Home) -> None:
    assert workshop.published(
        "select event_id, event_type, amount, reporting_amount from marts.timeline"
        " where source_name = 'workshop' order by occurred_at"
    ) == [
        ("order:J1", "order placed", Decimal("60.00"), Decimal("69.00")),
        ("deal:Q1", "deal created", Decimal("900.00"), Decimal("1035.00")),
        ("deal closed:Q1", "closed won", Decimal("900.00"), Decimal("1035.00")),
        ("order:J2", "order placed", Decimal("120.00"), Decimal("138.00")),
        ("order:J3", "order placed", Decimal("600.00"), Decimal("690.00")),
        ("deal:Q2", "deal created", Decimal("2500.00"), Decimal("2875.00")),
    ]


def test_its_orders_and_deals_stand_in_their_marts(workshop: Home) -> None:
    assert workshop.published(
        "select source_name, order_id, total_amount from marts.orders order by 2"
    ) == [
        ("workshop", "J1", Decimal("60.00")),
        ("workshop", "J2", Decimal("120.00")),
        ("workshop", "J3", Decimal("600.00")),
        ("shop", "S1", Decimal("20.00")),
    ]
    assert workshop.published(
        "select deal_id, is_won, is_lost from marts.deals order by 1"
    ) == [("Q1", True, False), ("Q2", False, False)]


def test_its_orders_make_members_of_segments(workshop: Home) -> None:
    assert workshop.published(
        "select segment_id from segments.segment_members"
        " where segment_id in ('recent_buyers', 'repeat_buyers') order by 1"
    ) == [("recent_buyers",), ("repeat_buyers",)]


@pytest.mark.torture
def test_a_kind_of_record_without_a_rule_ends_the_night_by_its_name(
    project: Path, tmp_path: Path
) -> None:
    riders = tmp_path / "project"
    shutil.copytree(project, riders, ignore=shutil.ignore_patterns("target"))
    people = riders / "dbt_project/models/staging/workshop/workshop__people.sql"
    people.write_text(
        people.read_text().replace("workshop.customer:", "workshop.rider:")
    )
    home = Home(tmp_path / "home", repository=riders).prepared()
    home.deliver(
        "workshop/customers/june.csv",
        "number,name,email,town,since\n7,Gwen Pryce,gwen.pryce@llanmail.net,Bala,\n",
    )
    done = home.call("run", "--as-of", "2026-07-01")
    assert done.returncode != 0
    assert (
        "not so: every kind of record has a rule: record_kind workshop.rider,"
        " expected_in seeds/record_types.csv" in done.stdout + done.stderr
    )
    assert not (home.path / "published").exists()


@pytest.fixture(scope="module")
def retail(
    project: Path, real_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Home:
    """A night over a gift shop's year of invoices."""
    home = Home(
        tmp_path_factory.mktemp("retail") / "home", repository=project
    ).prepared()
    home.deliver(
        "online_retail/lines/2011.parquet",
        (real_data / "transactions" / "online_retail.parquet").read_bytes(),
    )
    home.run("2011-12-10")
    return home


@pytest.mark.torture
def test_online_retail_loads_every_line(retail: Home) -> None:
    assert retail.published(
        "select read_count, loaded_count, quarantined_count from quality.files"
    ) == [(541_909, 541_909, 0)]


@pytest.mark.torture
def test_online_retail_money_is_equal_to_the_cent(
    retail: Home, real_data: Path
) -> None:
    """What the file's own lines say, against what the marts say."""
    raw = real_data / "transactions" / "online_retail.parquet"
    with duckdb.connect() as connection:
        [(sold, taken_back, invoices, cancellations, people)] = connection.execute(
            "select sum(amount) filter (where not is_refund),"
            " -sum(amount) filter (where is_refund),"
            " count(distinct InvoiceNo) filter (where not is_refund),"
            " count(distinct InvoiceNo) filter (where is_refund),"
            " count(distinct CustomerID)"
            " from (select *, InvoiceNo like 'C%' as is_refund,"
            " cast(Quantity * UnitPrice as decimal(18, 4)) as amount"
            f" from '{raw}')"
        ).fetchall()
    assert retail.warehouse(
        "select sum(total_amount), count(*) from conformed.orders"
    ) == [(sold, invoices)]
    assert retail.warehouse(
        "select sum(refund_amount), count(distinct split_part(refund_id, ':', 1))"
        " from conformed.refunds"
    ) == [(taken_back, cancellations)]
    assert retail.published("select count(*) from marts.customers") == [(people,)]
    assert retail.published(
        "select count(*) from marts.timeline where event_type = 'order placed'"
    ) == [(invoices,)]
    assert retail.published(
        "select segment_id from segments.segment_members"
        " where segment_id in ('recent_buyers', 'repeat_buyers')"
        " group by 1 having count(*) > 500 order by 1"
    ) == [("recent_buyers",), ("repeat_buyers",)]
