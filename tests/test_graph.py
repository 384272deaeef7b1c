"""The graph as the page is told of it over GraphQL: every asset, and what asks for it.

Dagster's own web server over the contents page of this repository, in this process.
"""

import json
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import dagster as dg
import pytest
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget

from ingestion.settings import read_settings
from ingestion.sources import all_sources
from orchestration.guarded_web import GuardedWebserver
from orchestration.models import manifest_path
from orchestration.public_tables import public_tables
from orchestration.registry import first_night
from tests.conftest import REPOSITORY
from tests.graph_picture import SHOWN
from tests.pages import GRAPH, by_key, serving

DEFINITIONS = "orchestration.definitions"


@pytest.fixture(scope="module")
def graph() -> Iterator[dict]:
    target = InProcessWorkspaceLoadTarget(
        InProcessCodeLocationOrigin(LoadableTargetOrigin(module_name=DEFINITIONS))
    )
    with (
        dg.instance_for_test() as instance,
        WorkspaceProcessContext(instance, target, "1") as context,
        serving(GuardedWebserver(context).create_asgi_app()) as port,
    ):
        request = urllib.request.Request(
            f"http://localhost:{port}/graphql",
            json.dumps({"query": GRAPH}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            told = json.load(answer)
    assert "errors" not in told, told["errors"][0]
    [repository] = told["data"]["repositoriesOrError"]["nodes"]
    return repository


@pytest.fixture(scope="module")
def assets(graph: dict) -> dict[str, dict]:
    return by_key(graph)


@pytest.fixture(scope="module")
def nodes() -> list[dict]:
    """What dbt knows."""
    return list(json.loads(manifest_path().read_text())["nodes"].values())


LAYERS = (
    "raw_shop",
    "staging",
    "conformed",
    "identity",
    "marts",
    "segments",
    "published",
)
RAW = {f"raw_{s.name}/{table.name}" for s in all_sources() for table in s.tables}
LEDGER = {
    f"raw_ledger/{name}"
    for name in (
        *("files", "rejects", "columns", "totals", "beginnings"),
        *("failed_checks", "steps"),
    )
}
WRITTEN = {"decisions/identity", "labels/records", "labels/hard_cases"}


def test_every_table_is_an_asset_in_the_group_of_its_schema(
    assets: dict[str, dict], nodes: list[dict]
) -> None:
    built = {
        f"{node['schema']}/{node['alias']}"
        for node in nodes
        if node["resource_type"] in ("model", "seed")
    }
    registry = {key for key in assets if key.startswith("registry/")}
    assert len(registry) == 3
    assert set(assets) == {*RAW, *LEDGER, *WRITTEN, *registry, *built, "published"}
    for key, asset in assets.items():
        assert asset["groupName"] == key.split("/")[0], key
        tool = {"raw_": "dlt"}.get(key[:4], "dbt" if key in built else None)
        assert tool is None or tool in asset["kinds"], key


def test_every_asset_says_what_it_is(
    assets: dict[str, dict], nodes: list[dict]
) -> None:
    """In a sentence, and of a model in the words of its own description."""
    for key, asset in assets.items():
        first = asset["description"].strip().splitlines()[0]
        assert first[0].isupper(), (key, first)
        assert first.endswith("."), (key, first)
    for node in nodes:
        if node["resource_type"] == "model":
            said = assets[f"{node['schema']}/{node['alias']}"]["description"]
            assert said.startswith("One row per "), node["name"]
            words = " ".join(node["description"].split())
            assert " ".join(said.split()).startswith(words), node["name"]


def way(assets: dict[str, dict], start: str, end: str) -> list[str]:
    """The shortest way down from one asset to another, beside the ledger."""
    ways = {start: [start]}
    for key in (line := [start]):
        for child in assets[key]["read by"]:
            if child not in ways and not child.startswith("raw_ledger/"):
                ways[child] = [*ways[key], child]
                line.append(child)
    return ways.get(end, [])


def test_a_way_leads_from_raw_tables_to_customers_and_what_is_published(
    assets: dict[str, dict],
) -> None:
    for parts in (
        ["raw_shop/customers", "staging/stg_shop__customers", "staging/shop__people"],
        ["staging/shop__people", "conformed/people", "identity/customer_ids"],
        ["identity/customer_ids", "marts/customers"],
        ["marts/customers", "segments/segment_members", "published"],
    ):
        for start, end in pairwise(parts):
            found = way(assets, start, end)
            assert found, (start, end)
            layers = [key.split("/")[0] for key in found]
            assert layers == sorted(layers, key=LAYERS.index), found
    # Read as they were delivered, and by nothing that is published: not yet, or never.
    unread = {
        "raw_pipedrive/leads",
        "raw_privacy_requests/requests",
        "raw_salesforce/campaigns",
    }
    lost = {key for key in RAW if not way(assets, key, "published")}
    assert lost == unread
    for key, asset in assets.items():
        for parent in asset["reads"]:
            assert key in assets[parent]["read by"], (parent, key)


def test_published_waits_for_all_that_is_public(assets: dict[str, dict]) -> None:
    public = {f"{t.schema}/{t.name}" for t in public_tables(manifest_path())}
    assert len(public) > 40
    assert set(assets["published"]["reads"]) == public
    assert assets["published"]["read by"] == []


def test_every_test_of_dbt_is_a_check_of_its_table_that_stops_the_rest(
    assets: dict[str, dict], nodes: list[dict]
) -> None:
    shown = [
        (key, check["name"])
        for key, asset in assets.items()
        for check in asset["checks"]
    ]
    tests = {node["name"] for node in nodes if node["resource_type"] == "test"}
    assert {name for _, name in shown} == tests
    assert len(shown) == len(set(shown)) == len(tests) + 1
    twice = sorted(key for key, name in shown if name == "every_line_is_accounted_for")
    assert twice == ["quality/files", "raw_ledger/files"]
    on_customers = {name for key, name in shown if key == "marts/customers"}
    assert {"customers_add_up_to_orders", "customers_add_up_to_deals"} <= on_customers
    for asset in assets.values():
        assert all(check["blocking"] for check in asset["checks"])


def test_nights_run_from_the_first_to_today(
    graph: dict, assets: dict[str, dict]
) -> None:
    settings = read_settings()
    first = first_night(settings).isoformat()
    [nightly] = [job for job in graph["jobs"] if not job["name"].startswith("__")]
    nights = nightly["partitionKeysOrError"]["partitionKeys"]
    assert (nights[0], nights[-1]) == (first, settings.today.isoformat())
    assert len(nights) == (settings.today - first_night(settings)).days + 1
    for key, asset in assets.items():
        said = asset["partitionDefinition"]
        assert said["type"] == "TIME_WINDOW", key
        assert said["description"].startswith(f"Daily, starting {first}"), key


def test_one_job_holds_all_and_one_schedule_and_one_sensor_ask_for_it(
    graph: dict, assets: dict[str, dict]
) -> None:
    assert [job["name"] for job in graph["jobs"]] == ["__ASSET_JOB", "nightly"]
    assert "publish" in graph["jobs"][1]["description"]
    for key, asset in assets.items():
        assert "nightly" in asset["jobNames"], key
    [schedule], [sensor] = graph["schedules"], graph["sensors"]
    assert schedule["name"] == "every_night"
    assert schedule["cronSchedule"] == "0 2 * * *"
    assert schedule["executionTimezone"] == read_settings().timezone
    assert schedule["pipelineName"] == "nightly"
    assert schedule["scheduleState"]["status"] == "RUNNING"
    assert schedule["description"].startswith("At 02:00")
    [tick] = schedule["futureTicks"]["results"]
    at = datetime.fromtimestamp(tick["timestamp"], UTC)
    assert datetime.now(UTC) < at
    assert sensor["name"] == "on_arrival"
    assert sensor["targets"] == [{"pipelineName": "nightly"}]
    assert sensor["sensorState"]["status"] == "STOPPED"
    assert sensor["minIntervalSeconds"] <= 60
    assert sensor["description"].endswith("in the landing.")


def test_the_picture_of_the_readme_shows_groups_that_there_are(
    assets: dict[str, dict],
) -> None:
    """`make picture` draws it; what the page shows is looked at in a browser."""
    assert set(SHOWN) <= {asset["groupName"] for asset in assets.values()}
    assert "docs/graph.png" in (REPOSITORY / "README.md").read_text()
    picture = REPOSITORY / "docs" / "graph.png"
    assert picture.read_bytes().startswith(b"\x89PNG\r\n")
    assert picture.stat().st_size < 400_000
