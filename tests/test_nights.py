"""Sequences of nights: repeated, rebuilt, failed, rolled back."""

import json
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings
from orchestration.change_causes import explain
from orchestration.metrics import METRICS
from orchestration.models import DBT
from orchestration.published import versions_kept
from tests import commands
from tests.conftest import AS_OF, REPOSITORY, Home
from tests.two_versions import adds_up

ORDERS = (
    "order_id,customer_id,email,status,channel,currency,subtotal,discount,shipping,"
    "tax,total,ordered_at,updated_at\n"
)


@pytest.fixture(scope="module")
def night(sample: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of the sample company that a test may run again."""
    copy = Home(tmp_path_factory.mktemp("night") / "home")
    shutil.copytree(sample.path, copy.path, symlinks=True)
    return copy


def test_a_night_run_twice_changes_nothing(night: Home) -> None:
    before = night.hashes()
    assert len(before) > 20
    night.run()
    assert night.hashes() == before


@pytest.mark.torture
def test_a_lost_warehouse_comes_back_the_same(night: Home) -> None:
    before = night.hashes()
    night.path.joinpath("warehouse.duckdb").unlink()
    shutil.rmtree(night.path / "dlt")
    night.run()
    assert night.hashes() == before


def deliver_the_next_day(night: Home) -> list[tuple[str, Decimal]]:
    """What comes for the night after, and the two orders of the shop that it touches.

    A new order, and one ten days late; the first of the two is cancelled, of the second
    something goes back; a browser that nobody has named signs in to an account.
    """
    touched = night.published(
        "select order_id, reporting_net_amount from marts.orders where source_name ="
        " 'shop' and is_earning and currency = 'EUR' and refund_count = 0 and"
        " reporting_net_amount > 20 and ordered_on < '2026-06-28' order by 1 limit 2"
    )
    files = night.path.joinpath("landing", "shop", "orders").glob("*.csv")
    lines = [line for file in files for line in file.read_text().splitlines()]
    *_, known = [line for line in lines if line.startswith(f"{touched[0][0]},")]
    row = dict(zip(ORDERS.strip().split(","), known.split(","), strict=True))
    row |= {"status": "cancelled", "updated_at": "2026-07-01T09:00:00Z"}
    cancelled = ",".join(row.values())
    night.deliver(
        "shop/orders/2026-07-01.csv",
        f"{ORDERS}{cancelled}\n"
        "o-new,c-new,a@gmx.de,paid,web,EUR,10.00,0,0,0,10.00,"
        "2026-07-01T10:00:00Z,2026-07-01T10:00:00Z\n"
        "o-late,c-new,a@gmx.de,paid,web,EUR,20.00,0,0,0,20.00,"
        "2026-06-21T10:00:00Z,2026-06-21T10:00:00Z\n",
    )
    night.deliver(
        "shop/refunds/2026-07-01.csv",
        "refund_id,order_id,amount,currency,reason,refunded_at\n"
        f"r-new,{touched[1][0]},5.00,EUR,wrong size,2026-07-01T12:00:00Z\n",
    )
    alone = (
        "select min(source_key) from identity.records"
        " inner join identity.customer_ids using (record_id)"
        " inner join marts.customers using (customer_id) where record_count = 1 and "
    )
    [(browser,)] = night.published(
        alone + "record_id like 'web.visitor:%' and not is_identified"
    )
    [(account,)] = night.published(alone + "record_id like 'shop.customer:%'")
    signs_in = {
        "type": "identify", "messageId": "signs in", "anonymousId": browser,
        "userId": account, "timestamp": "2026-07-01T12:00:00Z", "traits": {},
    }  # fmt: skip
    night.deliver("web_events/events/2026-07-01.jsonl", json.dumps(signs_in) + "\n")
    return touched


@pytest.fixture(scope="module")
def touched(night: Home) -> list[tuple[str, Decimal]]:
    """The night after, which runs while a reader has the version before it open."""
    marts = night.path / "published" / "marts.duckdb"
    count = "select count(*) from marts.orders"
    with duckdb.connect(str(marts), read_only=True) as reader:
        [(before,)] = reader.execute(count).fetchall()
        touched = deliver_the_next_day(night)
        night.run("2026-07-02")
        assert reader.execute(count).fetchall() == [(before,)]
    assert night.published(count) == [(before + 2,)]
    return touched


def test_a_reader_keeps_the_version_it_opened(
    touched: list[tuple[str, Decimal]],
) -> None:
    assert len(touched) == 2


def test_a_number_says_why_it_changed(
    night: Home, touched: list[tuple[str, Decimal]]
) -> None:
    """A refund restates no order, what is late is not new, a sign-in merges two."""
    settings = Settings(home=night.path)
    later, earlier = versions_kept(settings)[:2]
    parts = {}
    for metric in METRICS:
        found = explain(settings, metric, earlier, later)
        assert adds_up(found, earlier, later), metric
        parts[metric] = {(part.cause, part.what): part.change for part in found.parts}
    [(went_back,)] = night.published(
        "select reporting_items_amount from marts.refunds where refund_id = 'r-new'"
    )
    cents = parts["net_revenue"].pop(("new data", "orders"), Decimal())
    assert abs(cents) <= Decimal("0.01")
    assert parts["net_revenue"] == {
        ("new data", "orders of 2026-07-01 itself"): Decimal("10.00"),
        ("new data", "refunds of 2026-07-01 itself"): -went_back,
        ("late data", "orders"): Decimal("20.00"),
        ("restated data", "orders"): -touched[0][1],
    }
    assert parts["customers"] == {("identity", "customers"): -1}
    done = night.call("why-changed", "customers", "2026-07-01", "2026-07-02")
    assert done.returncode == 0, done.stderr
    assert "\n  identity                      -1  the same records, of" in done.stdout


CHOSEN = """
import dagster as dg
from ingestion.settings import read_settings
from orchestration.runs import prepare_home
prepare_home(read_settings())
from orchestration.definitions import definitions
graph = definitions.resolve_implicit_global_asset_job_def()
with dg.DagsterInstance.get() as instance:
    done = graph.execute_in_process(
        instance=instance,
        partition_key="2026-07-01",
        asset_selection=[dg.AssetKey(["marts", "customers"])],
    )
for event in done.get_asset_materialization_events():
    print("made", event.asset_key.to_user_string())
"""


def test_a_table_chosen_in_the_page_is_built_alone(home: Home) -> None:
    """Nothing is told of others, those of sources that never delivered among them."""
    home.prepared()
    home.path.joinpath("landing").mkdir()
    settings = {"UNAVISTA_HOME": str(home.path), "UNAVISTA_FIRST_NIGHT": AS_OF}
    environment = {**os.environ, **settings}
    done = commands.run(CHOSEN, [], REPOSITORY, environment, REPOSITORY)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    made = [line for line in done.stdout.splitlines() if line.startswith("made ")]
    assert made == ["made marts/customers"]


def dbt_by_hand(home: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Call dbt in the project's folder, as a person would; its own files go to home."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("UNAVISTA", "DBT"))
    }
    places = ("--target-path", home / "by_hand", "--log-path", home / "by_hand")
    return subprocess.run(
        [DBT, *arguments, "--no-use-colors", *places],
        cwd=REPOSITORY / "dbt_project",
        env={**kept, "UNAVISTA_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_dbt_by_hand_says_that_no_night_was_run(tmp_path: Path) -> None:
    done = dbt_by_hand(tmp_path, "compile", "--select", "customers")
    assert done.returncode != 0
    assert "no night was run here yet: run `unavista run`" in done.stdout


def test_dbt_by_hand_builds_for_the_night_of_the_warehouse(night: Home) -> None:
    done = dbt_by_hand(night.path, "build", "--select", "segments+")
    assert done.returncode == 0, done.stdout
    day = night.warehouse("select as_of from raw_ledger.night")
    compiled = dbt_by_hand(night.path, "compile", "--select", "customers")
    assert f"cast('{day[0][0]}' as date)" in compiled.stdout


@pytest.mark.torture
def test_a_past_night_run_again_moves_no_reader(night: Home) -> None:
    """It writes a version of its own, and every customer keeps the id."""
    ids = "select record_id, customer_id from identity.customer_ids order by all"
    shown = (night.path / "published" / "current").resolve()
    before = night.published(ids)
    said = night.run("2026-06-20")
    assert "run again; readers still see 2026-07-02" in said
    assert (night.path / "published" / "current").resolve() == shown
    versions = sorted(p.name for p in (night.path / "published" / "versions").iterdir())
    assert "2026-06-20_0001" in versions
    assert versions[-1] == shown.name == "2026-07-02_0001"
    night.run("2026-07-02")
    assert night.published(ids) == before


def test_a_failed_audit_leaves_the_published_files(night: Home) -> None:
    """A warehouse that was tampered with does not pass the tests."""
    current = (night.path / "published" / "current").resolve()
    before = night.hashes()
    with duckdb.connect(str(night.path / "warehouse.duckdb")) as connection:
        connection.execute(
            "delete from seeds.record_types where record_type = 'customer'"
        )
    done = night.call("run", "--as-of", "2026-07-03")
    assert done.returncode == 1
    assert "what is published stays as it was" in done.stderr
    assert "models: not so: every kind of record has a rule: record_kind" in done.stderr
    assert "Traceback" not in done.stderr
    assert (night.path / "published" / "current").resolve() == current
    assert night.hashes() == before
    assert night.warehouse(
        "select distinct as_of::varchar, check_name from raw_ledger.failed_checks"
    ) == [("2026-07-03", "every_kind_of_record_has_a_rule")]
