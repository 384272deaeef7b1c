"""The dbt models and seeds as assets, their tests as asset checks."""

import fcntl
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets

from ingestion.settings import REPOSITORY, Settings, read_settings
from orchestration import column_reach, failed_checks, progress, steps
from orchestration.dbt_call import call_dbt
from orchestration.nights import NIGHT_BY_NIGHT, NIGHTS, night_of, writing
from orchestration.published import has_version
from orchestration.unchanged import relation_of, sign, signatures, sql_of, unchanged
from orchestration.warehouse import let_go

# In a folder of its own: dbt called by hand, for a few models, leaves it alone.
PROJECT = DbtProject(
    project_dir=REPOSITORY / "dbt_project",
    profiles_dir=REPOSITORY,
    target="duckdb",
    target_path=Path("target") / "graph",
)
_BACKFILL = "dagster/backfill"
DBT = Path(sys.executable).with_name("dbt")


def manifest_path() -> Path:
    """The manifest of the project as it stands, compiled anew where it is out of date.

    It holds the SQL of every model. To compile opens no warehouse. Raises ValueError,
    with the words of dbt, where the project does not compile.
    """
    manifest = PROJECT.manifest_path
    # Folders too: one from which a file was taken away is newer than the file was.
    files = [
        path
        for folder in ("models", "macros", "materializations", "seeds", "tests")
        for path in (PROJECT.project_dir / folder).rglob("*")
    ] + [PROJECT.project_dir / "dbt_project.yml", REPOSITORY / "profiles.yml"]
    newest = max(path.stat().st_mtime for path in files)
    manifest.parent.mkdir(parents=True, exist_ok=True)
    finished = manifest.with_name("finished")
    # Of two processes one compiles; the other waits. A killed one left no mark.
    with manifest.with_name("lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists() or finished.stat().st_mtime < newest:
            finished.unlink(missing_ok=True)
            _compile(manifest.parent)
            column_reach.keep(json.loads(manifest.read_text()), column_reach_path())
            finished.touch()
    return manifest


def column_reach_path() -> Path:
    """Which published columns come from which raw column, read once a manifest."""
    return PROJECT.manifest_path.with_name("column_reach.json")


def _compile(target: Path) -> None:
    read_settings()
    compiled = subprocess.run(
        [
            DBT, "compile", "--quiet", "--no-use-colors", "--no-introspect",
            "--no-populate-cache", "--exclude", "file:*.py",
            "--project-dir", PROJECT.project_dir, "--target-path", target,
        ],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if compiled.returncode:
        said = " ".join((compiled.stdout + compiled.stderr).split())
        raise ValueError(
            f"the dbt project does not compile; mend it where dbt says: {said}"
        )


class Translator(DagsterDbtTranslator):
    """Asset keys are schema and table, so that dlt, dbt and Dagster agree."""

    def get_asset_key(self, dbt_resource_props) -> dg.AssetKey:
        """`<schema>/<table>`, as in the warehouse."""
        name = dbt_resource_props.get("alias") or dbt_resource_props["name"]
        return dg.AssetKey([dbt_resource_props["schema"], name])

    def get_description(self, dbt_resource_props) -> str:
        """What a table is, without its SQL, which would push all else out of sight."""
        return dbt_resource_props["description"]


@dbt_assets(
    manifest=manifest_path(),
    dagster_dbt_translator=Translator(),
    project=PROJECT,
    partitions_def=NIGHTS,
    backfill_policy=NIGHT_BY_NIGHT,
)
def models(context: dg.AssetExecutionContext) -> Iterator:
    """Build and test in one `dbt build` what has news; a failed test stops the rest.

    Who chooses some tables in the page has those built, whether they have news or not.
    """
    night, compiled = night_of(context), manifest_path()
    manifest = json.loads(compiled.read_text())
    chosen = _chosen(context, manifest)
    is_whole = chosen.issuperset(manifest["nodes"])
    with writing(context) as settings:
        with duckdb.connect(str(settings.warehouse)) as connection:
            column_reach.write(connection, column_reach_path())
            _write_night(connection, night)
            signed = signatures(manifest, connection, settings.timezone, night)
            stands = unchanged(manifest, connection, signed) if is_whole else set()
            idle = chosen.intersection(idle_models(manifest, connection))
        let_go()
        kept = stands.union(idle)
        built = chosen - kept
        results = _build(settings, compiled, manifest, night, built) if built else []
        with duckdb.connect(str(settings.warehouse)) as connection:
            steps.parts_of_models(
                connection, night, context.run_id, context.op.name, results, manifest
            )
            failed = failed_checks.read(results, manifest["nodes"], connection)
            if failed:
                failed_checks.keep(connection, night, failed)
            elif is_whole:
                sign(manifest, connection, signed, context.run_id, built)
            shown = _shown(context, settings, manifest, kept)
            yield from _events(context, manifest, results, shown, connection)
    said = [sentence for check in failed for sentence in check.sentences()]
    for sentence in said:
        progress.show("models", f"  ! {sentence}")
    if failed:
        raise dg.Failure("; ".join(map(progress.printable, said)))
    tests = sum(result.node.resource_type == "test" for result in results)
    still = sum(not key.startswith("test.") for key in stands)
    progress.show(
        "models",
        f"{len(results) - tests} tables built, {tests} tests passed"
        + f"; {still} tables are as they would be built again" * bool(still),
    )


def _chosen(context: dg.AssetExecutionContext, manifest: dict) -> set[str]:
    """Ids of the nodes that this run is to build or test: all, or some of the page."""
    nodes, selected = manifest["nodes"], context.selected_asset_keys
    chosen = {key for key, node in nodes.items() if _asset_key(node) in selected}
    if all(key in chosen or key.startswith("test.") for key in nodes):
        return set(nodes)
    checks = {check.name for check in context.selected_asset_check_keys}
    return chosen | {key for key, node in nodes.items() if node["name"] in checks}


def _build(
    settings: Settings, compiled: Path, manifest: dict, night: date, keys: set[str]
) -> list:
    """Build and test these nodes, and show each layer when its first table is there."""
    layers: set[str] = set()

    def said(event) -> None:
        print(event.info.msg, flush=True)
        if event.info.name in ("LogModelResult", "LogSeedResult"):
            node = manifest["nodes"].get(event.data.node_info.unique_id)
            if node and node["schema"] not in layers:
                layers.add(node["schema"])
                progress.show("models", f"{node['schema']} …")

    # Tests are chosen one by one: what reads a view that stands is tested again.
    done = call_dbt(
        PROJECT.project_dir,
        compiled.with_name("partial_parse.msgpack"),
        [
            *("build", "--indirect-selection", "empty", "--target", PROJECT.target),
            *("--target-path", str(settings.dbt)),
        ],
        said,
        keys,
        sql_of(manifest, night),
    )
    return done.results if done else []


def _write_night(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Say which night the warehouse is built for: the macro `as_of` reads it here.

    So that another night needs no other variables, for which dbt would parse anew.
    """
    connection.execute("create schema if not exists raw_ledger")
    connection.execute(
        f"create or replace table raw_ledger.night as select date '{as_of}' as as_of"
    )


def idle_models(manifest: dict, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Ids of what tells nothing while the raw tables under a staging model are empty.

    Its tests; and the model itself where no model reads it.
    """
    filled = set(
        connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where estimated_size > 0"
        ).fetchall()
    )
    found = []
    for model_id, node in manifest["nodes"].items():
        children = manifest["child_map"].get(model_id, [])
        is_read = any(child.startswith("model.") for child in children)
        raw = [
            (source["schema"], source["identifier"])
            for parent in node["depends_on"].get("nodes", [])
            if (source := manifest["sources"].get(parent))
        ]
        if node["schema"] != "staging" or not raw or filled.intersection(raw):
            continue
        found += [child for child in children if child.startswith("test.")]
        if not is_read:
            found.append(model_id)
    return found


def _shown(
    context: dg.AssetExecutionContext, settings: Settings, manifest: dict, keys: set
) -> set[str]:
    """Those of `keys`, left as they are, that the page shows as there for this night.

    All of them, once a night and in a backfill, which takes what is not shown for
    missing; and what is public in any case, for `published` waits for that.
    """
    if _BACKFILL in context.run.tags or not has_version(settings, night_of(context)):
        return keys
    nodes = manifest["nodes"]
    return {key for key in keys if nodes[key].get("access") == "public"}


def _asset_key(node: dict) -> dg.AssetKey:
    return dg.AssetKey([node["schema"], node["alias"]])


def _events(
    context: dg.AssetExecutionContext,
    manifest: dict,
    results: list,
    shown: set[str],
    connection: duckdb.DuckDBPyConnection,
) -> Iterator[dg.Output | dg.AssetCheckResult]:
    """What dbt did, and those `shown` that it left as they were; parents first.

    The rows of a table are counted; to count those of a view would be to run it.
    """
    columns: dict[str, list[dg.TableColumn]] = {}
    for relation, column, kind in connection.execute(
        "select table_schema || '.' || table_name, column_name, data_type"
        " from information_schema.columns order by ordinal_position"
    ).fetchall():
        columns.setdefault(relation, []).append(dg.TableColumn(column, kind.lower()))
    nodes = manifest["nodes"]
    done = {result.node.unique_id: result for result in results}
    # To tell versions of data, Dagster would look up the newest event of each parent of
    # each table: what has news is told by signatures here. And for each table it would
    # list all of them anew.
    step = context.op_execution_context.get_step_execution_context()
    step._data_version_cache.is_external_input_asset_version_info_loaded = False
    step.get_output_asset_keys = cache(step.get_output_asset_keys)
    checks = {check.name: check for check in context.selected_asset_check_keys}
    graph = {key: node["depends_on"].get("nodes", []) for key, node in nodes.items()}
    for key in TopologicalSorter(graph).static_order():
        node, result = nodes.get(key, {}), done.get(key)
        if key.startswith("test."):
            check = checks.get(node["name"])
            if check and result and result.status in ("pass", "fail", "error"):
                yield dg.AssetCheckResult(
                    passed=result.status == "pass",
                    asset_key=check.asset_key,
                    check_name=check.name,
                    metadata={"rows found": result.failures or 0},
                )
        elif result and result.status == "success":
            relation = relation_of(node)
            metadata = {
                "dagster/column_schema": dg.TableSchema(columns[relation]),
                "seconds": round(result.execution_time, 3),
            }
            if node["config"]["materialized"] != "view":
                counted = connection.execute(f"select count(*) from {relation}")
                metadata["dagster/row_count"] = counted.fetchall()[0][0]
            output = context.output_for_asset_key(_asset_key(node))
            yield dg.Output(None, output, metadata=metadata)
        elif key in shown:
            yield dg.Output(
                None,
                context.output_for_asset_key(_asset_key(node)),
                metadata={"unchanged": True},
            )
