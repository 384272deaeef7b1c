"""Rules of the house that a program can check."""

import ast
import json
import re
from pathlib import Path

import pytest
import yaml

from orchestration.definitions import definitions
from orchestration.models import manifest_path
from orchestration.public_tables import public_tables
from tests.conftest import REPOSITORY

MODELS = REPOSITORY / "dbt_project" / "models"
PUBLISHED = {
    "marts.customers", "marts.customer_identifiers", "marts.timeline", "marts.sessions",
    "marts.page_views", "marts.orders", "marts.order_lines", "marts.ad_performance",
    "marts.refunds", "marts.payments", "marts.subscriptions", "quality.missing_rates",
    "quality.unmapped_values", "quality.order_problems", "quality.future_facts",
    "quality.failed_checks", "contacts.failed_check_rows",
    "marts.deals", "marts.tickets", "marts.deal_contacts", "marts.ticket_contacts",
    "contacts.deal_details", "contacts.ticket_details",
    "segments.segments", "segments.segment_members",
    "identity.customer_ids", "identity.customer_id_changes", "identity.links",
    "identity.refused_links", "identity.customer_id_history", "identity.review_queue",
    "identity.records", "identity.weakest_links", "identity.households",
    "identity.accounts", "quality.files", "quality.quarantine", "quality.nights",
    "contacts.customer_attributes", "contacts.customer_contacts",
    "contacts.customer_identifiers",
    "contacts.quarantined_lines", "quality.schema_changes", "quality.late_arrivals",
    "quality.identity_accuracy", "quality.identity_health", "quality.split_effects",
    "marts.consents", "marts.customer_consents", "quality.third_party_data",
    "quality.alarms", "quality.runs", "quality.facts_without_customer",
}  # fmt: skip


@pytest.fixture(scope="module")
def models() -> list[dict]:
    nodes = json.loads(manifest_path().read_text())["nodes"].values()
    return [node for node in nodes if node["resource_type"] == "model"]


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in (REPOSITORY / folder).rglob("*.py")]


def lines_of(pattern: str) -> int:
    files = (REPOSITORY / "dbt_project").glob(pattern)
    return sum(len(path.read_text().splitlines()) for path in files)


def test_the_first_line_of_a_model_is_its_grain(models: list[dict]) -> None:
    for model in models:
        first = model["raw_code"].lstrip().splitlines()[0]
        assert re.match(r"(--|#) One row per .*[.]$", first), model["name"]
        grain = re.sub(r"^(--|#) ", "", first)
        assert model["description"].startswith(grain), model["name"]


def test_public_models_are_the_published_contract(models: list[dict]) -> None:
    public = [model for model in models if model["access"] == "public"]
    assert {f"{model['schema']}.{model['alias']}" for model in public} == PUBLISHED
    for model in public:
        assert model["config"]["contract"]["enforced"], model["name"]


def test_every_public_column_is_described() -> None:
    """What it means to a business reader, its unit, what null means."""
    missing = [
        f"{table.spelling}.{column.name}"
        for table in public_tables(manifest_path())
        for column in table.columns
        if not column.description
    ]
    assert not missing, f"{len(missing)} without words: {' '.join(missing)}"


def test_public_models_have_a_tested_key(models: list[dict]) -> None:
    nodes = json.loads(manifest_path().read_text())["nodes"].values()
    tested = {
        node["attached_node"]
        for node in nodes
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") == "unique_key"
    }
    public = {model["unique_id"] for model in models if model["access"] == "public"}
    assert public <= tested


def test_personal_columns_are_published_in_contacts_only(models: list[dict]) -> None:
    for model in models:
        personal = [
            column["name"]
            for column in model["columns"].values()
            if column["config"].get("meta", {}).get("pii")
        ]
        if personal and model["access"] == "public":
            assert model["schema"] == "contacts", (model["name"], personal)


def test_folder_schema_and_group_agree(models: list[dict]) -> None:
    for model in models:
        folder = model["path"].split("/")[0]
        assert model["schema"] == folder, model["name"]
        assert model["group"] == folder, model["name"]


# Each layer reads those before it, and its own.
LAYERS = (
    {"seeds"}, {"staging"}, {"conformed"}, {"identity"}, {"marts"},
    {"contacts", "segments", "quality"},
)  # fmt: skip


def test_no_layer_reads_a_later_one(models: list[dict]) -> None:
    nodes = json.loads(manifest_path().read_text())["nodes"]
    place = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    backwards = [
        (model["name"], nodes[parent]["name"])
        for model in models
        for parent in model["depends_on"]["nodes"]
        if parent in nodes and place[nodes[parent]["schema"]] > place[model["schema"]]
    ]
    assert backwards == []


def test_identity_reads_no_source_s_own_tables(models: list[dict]) -> None:
    nodes = json.loads(manifest_path().read_text())["nodes"]
    read = {
        nodes[parent]["name"]
        for model in models
        if model["schema"] == "identity"
        for parent in model["depends_on"]["nodes"]
        if parent in nodes and nodes[parent]["schema"] == "staging"
    }
    assert read == {"stg_decisions__identity"}


def test_no_asset_is_an_orphan() -> None:
    """Each asset is made here, and each but the last and staging is read by another."""
    graph = definitions.resolve_asset_graph()
    assert graph.external_asset_keys == set()
    ends = {"published"}
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.group_name not in (None, "default"), key
        assert node.description, key
        if key.to_user_string() not in ends and node.group_name != "staging":
            assert node.child_keys, f"nothing reads {key.to_user_string()}"


def test_every_run_holds_the_warehouse_from_first_to_last() -> None:
    """Not step by step, and with no slot that a killed run could keep."""
    for job in (definitions.resolve_job_def("nightly"), *definitions.jobs):
        assert job.executor_def.name == "in_line", job.name
    assert definitions.executor.name == "in_line"
    for asset in definitions.resolve_asset_graph().assets_defs:
        assert asset.op.pool is None, asset.op.name


def test_ingestion_knows_neither_dbt_nor_dagster() -> None:
    for path in python_files("ingestion"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                top = name.split(".")[0]
                assert not top.startswith(("dbt", "dagster", "orchestration")), path


def test_only_settings_read_the_environment() -> None:
    readers = {
        path.relative_to(REPOSITORY).as_posix()
        for path in python_files("ingestion", "orchestration")
        if re.search(r"os\.(environ|getenv)", path.read_text())
    }
    assert readers == {"ingestion/settings.py"}


def test_models_have_no_clock_and_no_chance(models: list[dict]) -> None:
    clock = re.compile(r"current_(timestamp|date)|now\(\)|random\(\)|uuid\(\)", re.I)
    for model in models:
        assert not clock.search(model["raw_code"]), model["name"]


def test_files_are_named_for_what_they_hold() -> None:
    banned = {"utils", "util", "helpers", "helper", "common", "base", "core", "manager"}
    for path in REPOSITORY.glob("[!.]*/**/*"):
        assert path.stem not in banned or ".venv" in path.parts, path


def test_macros_and_yaml_stay_small() -> None:
    assert lines_of("macros/**/*.sql") < 250
    assert lines_of("models/**/*.yml") <= 0.9 * lines_of("models/**/*.sql")


def test_lines_of_models_are_at_most_88_characters_long() -> None:
    """But for Jinja, and for what cannot be parted and says so, as patterns."""
    long = []
    for folder in ("models", "tests"):
        for path in sorted((REPOSITORY / "dbt_project" / folder).rglob("*.sql")):
            text = re.sub(
                r"\{\{.*?\}\}|\{%.*?%\}",
                lambda jinja: "\n" * jinja[0].count("\n"),
                path.read_text(),
                flags=re.DOTALL,
            )
            long += [
                f"{path.name}:{number}"
                for number, line in enumerate(text.splitlines(), 1)
                if len(line) > 88 and "noqa: LT05" not in line
            ]
    assert long == []


def test_a_segment_is_declared_once() -> None:
    project = yaml.safe_load(
        (REPOSITORY / "dbt_project" / "dbt_project.yml").read_text()
    )
    segments = project["vars"]["segments"]
    assert len(segments) >= 8
    assert len({segment["segment_id"] for segment in segments}) == len(segments)
    for segment in segments:
        assert list(segment) == ["segment_id", "label", "purpose", "condition"]
        elsewhere = [
            path.name
            for path in MODELS.rglob("*")
            if path.is_file()
            and re.search(rf"\b{segment['segment_id']}\b", path.read_text())
        ]
        assert elsewhere == [], segment["segment_id"]


def test_the_readme_starts_with_the_two_commands() -> None:
    top = (REPOSITORY / "README.md").read_text().splitlines()[:12]
    assert any(line.startswith("make run") for line in top)
    assert any(line.startswith("make ui") for line in top)


def test_the_lock_pins_everything_and_names_no_index() -> None:
    lines = (REPOSITORY / "requirements.lock").read_text().splitlines()
    assert lines
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[^ ;]+", line) for line in lines)
