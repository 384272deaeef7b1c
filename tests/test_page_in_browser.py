"""The page as a person sees it, in a real browser, and nights asked for in it."""

import json
import signal
import struct
import subprocess
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.models import manifest_path
from orchestration.public_tables import public_tables
from tests.browser import Browser, NoChromium
from tests.conftest import REPOSITORY, Home
from tests.graph_picture import SHOWN, draw
from tests.pages import FIRST, Page, by_key, descendants, within

pytestmark = pytest.mark.torture
GOOD, FAILED, UNBEGUN, LAST = (f"2026-07-0{day}" for day in range(1, 5))
ENDS = ("COMPLETED_SUCCESS", "COMPLETED_FAILED", "FAILED", "CANCELED")
CUSTOMERS = "marts.customers"
JOB = "/locations/orchestration.definitions/jobs/nightly"
LATEST = """query($n: String!) { assetNodes {
  assetKey { path }
  latestMaterializationByPartition(partitions: [$n]) {
    runId metadataEntries { label ... on IntMetadataEntry { intValue } }
  }
} }"""
CHECKS = """query($k: [String!]!) { assetNodeOrError(assetKey: {path: $k}) {
  ... on AssetNode { assetChecksOrError { ... on AssetChecks { checks {
    name executionForLatestMaterialization { status runId }
  } } } }
} }"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page of a small company, of which no night was run."""
    home = Home(tmp_path_factory.mktemp("page") / "home")
    done = home.call("sample", "--customers", "100", "--days", "10")
    assert done.returncode == 0, done.stderr
    opened = Page(home)
    yield opened
    opened.end(signal.SIGTERM)


@pytest.fixture(scope="module")
def good(page: Page) -> str:
    """A night that was asked for over GraphQL, and is published."""
    run = page.launch(GOOD)
    assert page.ended(run) == "SUCCESS", page.runs()[-1]["log"]
    return run


@pytest.fixture(scope="module")
def failed(page: Page, good: str) -> str:
    """A night after which a test of dbt was not passed."""
    warehouse = str(page.home.path / "warehouse.duckdb")
    kept = "create table seeds.kept as from seeds.record_types"
    lost = "delete from seeds.record_types where record_type = 'customer'"
    with duckdb.connect(warehouse) as tampered:
        tampered.execute(f"{kept}; {lost}")
    run = page.launch(FAILED)
    assert page.ended(run) == "FAILURE"
    with duckdb.connect(warehouse) as mended:
        mended.execute(
            "delete from seeds.record_types;"
            " insert into seeds.record_types from seeds.kept; drop table seeds.kept"
        )
    return run


@pytest.fixture
def browser() -> Iterator[Browser]:
    try:
        opened = Browser()
    except NoChromium as missing:
        pytest.skip(str(missing))
    with opened:
        yield opened
        assert opened.errors == []


def test_a_night_asked_for_over_graphql_is_seen_at_every_table(
    page: Page, good: str
) -> None:
    graph = page.graph()
    assert {s["scheduleState"]["status"] for s in graph["schedules"]} == {"RUNNING"}
    assets = by_key(graph)
    seen = {
        "/".join(asset["assetKey"]["path"]): latest
        for asset in page.ask(LATEST, n=GOOD)["assetNodes"]
        for latest in asset["latestMaterializationByPartition"]
        if latest
    }
    assert {latest["runId"] for latest in seen.values()} == {good}
    public = {f"{t.schema}/{t.name}" for t in public_tables(manifest_path())}
    assert public <= set(seen)
    assert {key for key in assets if key.startswith("raw_")} <= set(seen)
    # Of a first night only what nothing reads, and reads nothing, is left out.
    left = set(assets) - set(seen)
    assert all(key.startswith("staging/") for key in left), left
    assert not [key for key in left if assets[key]["read by"]]
    told = {e["label"]: e.get("intValue") for e in seen["marts/customers"][
        "metadataEntries"]}  # fmt: skip
    [(rows,)] = page.home.published("select count(*) from customers")
    assert told["dagster/row_count"] == rows > 0


def test_the_checks_of_a_table_passed(page: Page, good: str) -> None:
    checks = page.ask(CHECKS, k=["marts", "customers"])["assetNodeOrError"][
        "assetChecksOrError"
    ]["checks"]
    found = {
        check["name"]: check["executionForLatestMaterialization"] for check in checks
    }
    assert "customers_add_up_to_orders" in found
    for name, execution in found.items():
        assert execution == {"status": "SUCCEEDED", "runId": good}, name


def test_lineage_shows_every_group_and_a_way_up_from_customers(
    page: Page, good: str, browser: Browser
) -> None:
    browser.open(f"{page.address}/asset-groups")
    groups = {asset["groupName"] for asset in page.graph()["assetNodes"]}
    assert len(groups) > 30
    browser.reads("Global asset lineage", *groups)
    browser.open(
        f"{page.address}/assets/marts/customers?view=lineage&lineageScope=upstream"
    )
    browser.reads("Upstream", "int_customers__web", "customers")


def test_the_picture_of_the_readme_is_what_the_page_shows(
    page: Page, good: str, browser: Browser, tmp_path: Path
) -> None:
    drawn, kept = draw(browser, page.address), REPOSITORY / "docs" / "graph.png"
    (tmp_path / "graph.png").write_bytes(drawn)
    assert set(SHOWN) <= {asset["groupName"] for asset in page.graph()["assetNodes"]}
    sizes = [size(drawn), size(kept.read_bytes())]
    assert sizes[0] == sizes[1]
    assert max(len(drawn), kept.stat().st_size) < 400_000


def test_marts_customers_says_what_it_holds(
    page: Page, good: str, browser: Browser
) -> None:
    [table] = [t for t in public_tables(manifest_path()) if t.spelling == CUSTOMERS]
    [(rows,)] = page.home.published("select count(*) from customers")
    browser.open(f"{page.address}/assets/marts/customers")
    first, second = table.columns[:2]
    text = browser.reads(
        *("Latest materialization", GOOD, "Row count", f"\n{rows:,}\n"),
        *("Group\n", "marts", "nightly", "on_arrival", "At 02:00 AM"),
        *(first.name, first.description, second.name, second.description),
    )
    assert " ".join(table.description.split())[:200] in " ".join(text.split())
    assert "Failed" not in text
    browser.open(f"{page.address}/assets/marts/customers?view=checks")
    browser.reads("customers_add_up_to_orders", "Passed")
    text = browser.stands_still()
    assert "Failed" not in text
    browser.open(f"{page.address}/assets/marts/customers?view=partitions")
    browser.reads("Materialized (1)", "Failed (0)")


def first_lines(browser: Browser) -> list[str]:
    """What the end of a failed run says, up to where it was raised."""
    text = browser.reads("RUN_FAILURE", "Errored (1)")
    told = text.split("\nRUN_FAILURE\n")[1].partition("\nStack Trace")[0]
    name = "dagster._core.definitions.events.Failure: "
    return [line.removeprefix(name) for line in told.splitlines() if line]


def test_a_failed_run_says_why_in_its_first_line(
    page: Page, failed: str, browser: Browser
) -> None:
    browser.open(f"{page.address}/runs")
    browser.reads(failed[:8], FAILED, "Failure", GOOD, "Success")
    browser.open(f"{page.address}/runs/{failed}")
    first, cause, *_ = first_lines(browser)
    assert first.endswith("failed. Steps failed: ['models']."), first
    assert cause.startswith("not so: every kind of record has a rule: record_kind ")
    assert "not so: every kind of record has a rule" in page.home.call("status").stdout
    assert (page.home.path / "published" / "current").resolve().name.startswith(GOOD)


def test_a_backfill_is_asked_for_and_followed(
    page: Page, failed: str, browser: Browser
) -> None:
    """By clicks. Nothing is loaded, for a label is wrong; that is what one reads."""
    labels = page.home.path / "labels" / "mine.csv"
    labels.parent.mkdir(exist_ok=True)
    labels.write_text("record_id,person_id\nsomebody,1\n")
    browser.open(f"{page.address}{JOB}/partitions")
    nights = len(page.graph()["jobs"][1]["partitionKeysOrError"]["partitionKeys"])
    browser.reads("Total partitions", f"\n{nights}\n", FIRST)
    browser.click("Materialize…")
    browser.click("Show all partitions")
    browser.write("input[type=text]", f"[{UNBEGUN}...{LAST}]")
    browser.reads("2 partitions")
    browser.click("Launch backfill", "button")
    for night in (UNBEGUN, LAST):
        run = page.wait_for(night, "FAILURE")
    browser.open(f"{page.address}/runs?view=backfills")
    browser.reads("2 partitions", "Failed\n", seconds=120)
    browser.open(f"{page.address}/runs/{run}")
    first, *cause = first_lines(browser)
    assert first.startswith("Execution of run for"), first
    assert cause == [
        "the night did not begin, and nothing was loaded:",
        f"  {labels}, line 2: record_id is 'somebody'; expected <source>.<type>:<key>,"
        " as in identity.records",
    ]
    labels.unlink()


def test_a_backfill_of_good_nights_ends_well(
    page: Page, good: str, browser: Browser
) -> None:
    """Tables without news, which are not built again, are of these nights too."""
    backfill = page.materialize([FAILED, UNBEGUN])
    within(1800, lambda: page.backfill_status(backfill) in ENDS, "the backfill ends")
    assert page.run_of(FAILED, "SUCCESS")
    assert page.run_of(UNBEGUN, "SUCCESS")
    assert page.backfill_status(backfill) == "COMPLETED_SUCCESS"
    browser.open(f"{page.address}{JOB}/partitions")
    nights = len(page.graph()["jobs"][1]["partitionKeysOrError"]["partitionKeys"])
    asked = {run["night"] for run in page.runs()}
    browser.reads("Missing partitions", f"\n{nights - len(asked)}\n")


def test_a_read_only_page_beside_it_does_nothing(
    page: Page, good: str, browser: Browser
) -> None:
    """It is begun and ended without any effect on the page of the home."""
    beside = Page(page.home, "--read-only")
    try:
        parts = " ".join(map(str, descendants(beside.process.pid)))
        listed = subprocess.run(
            ["ps", "-o", "args=", "-p", parts],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert "orchestration.guarded_web" in listed
        assert "dagster._daemon" not in listed
        browser.open(f"{beside.address}{JOB}/partitions")
        browser.reads("Total partitions")
        browser.click("Materialize…")
        browser.open(f"{beside.address}/automation")
        browser.reads("every_night")
        before = page.runs()
        for ask in (
            lambda: beside.launch(UNBEGUN),
            lambda: beside.backfill([UNBEGUN]),
            lambda: beside.ask(
                "mutation($i: String!) { stopRunningSchedule(id: $i) { __typename } }",
                i="x",
            ),
        ):
            with pytest.raises(urllib.error.HTTPError, match="400") as refused:
                ask()
            [error] = json.load(refused.value)["errors"]
            assert "this page is read-only" in error["message"]
        assert page.runs() == before
        assert page.graph()["schedules"][0]["scheduleState"]["status"] == "RUNNING"
    finally:
        beside.end(signal.SIGTERM)
    assert page.ask("{ version }")


def size(png: bytes) -> tuple[int, int]:
    """Width and height of a picture."""
    assert png.startswith(b"\x89PNG\r\n")
    return struct.unpack(">II", png[16:24])
