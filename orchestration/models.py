"""The dbt models and seeds as assets, their tests as asset checks."""

import contextlib
import fcntl
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, DbtProject, dbt_assets
from dagster_dbt.errors import DagsterDbtCliRuntimeError
from packaging.version import Version

from ingestion.settings import REPOSITORY, read_settings
from orchestration import column_reach, failed_checks, progress
from orchestration.nights import NIGHT_BY_NIGHT, NIGHTS, night_of, writing
from orchestration.unchanged import sign, signatures, unchanged
from orchestration.warehouse import let_go

# In a folder of its own: dbt called by hand, for a few models, leaves it alone.
PROJECT = DbtProject(
    project_dir=REPOSITORY / "dbt_project",
    profiles_dir=REPOSITORY,
    target="duckdb",
    target_path=Path("target") / "graph",
)
DBT = Path(sys.executable).with_name("dbt")
_CHECKS = (dg.AssetCheckResult, dg.AssetCheckEvaluation)


def manifest_path() -> Path:
    """The manifest of the project as it stands, compiled anew where it is out of date.

    It holds the SQL of every model. To compile opens no warehouse. Raises ValueError,
    with the words of dbt, where the project does not compile.
    """
    manifest = PROJECT.manifest_path
    files = [
        path
        for folder in ("models", "macros", "materializations", "seeds", "tests")
        for path in (PROJECT.project_dir / folder).rglob("*")
        if path.is_file()
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


class _Dbt(DbtCliResource):
    """Spares what dagster-dbt asks dbt for, and nobody reads here."""

    @property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args) -> None:
        return None


@dbt_assets(
    manifest=manifest_path(),
    dagster_dbt_translator=Translator(),
    project=PROJECT,
    partitions_def=NIGHTS,
    backfill_policy=NIGHT_BY_NIGHT,
)
def models(context: dg.AssetExecutionContext) -> Iterator:
    """Build and test all in one `dbt build`; a failed test stops what follows."""
    parsed = manifest_path().with_name("partial_parse.msgpack")
    dbt = _Dbt(
        project_dir=PROJECT,
        profiles_dir=str(REPOSITORY),
        dbt_executable=sys.executable,
        global_config_flags=["-m", "orchestration.dbt_process", str(parsed)],
    )
    events: list = []
    layers: set[str] = set()
    try:
        with writing(context) as settings:
            manifest = json.loads(manifest_path().read_text())
            with duckdb.connect(str(settings.warehouse)) as connection:
                column_reach.write(connection, column_reach_path())
                _write_night(connection, night_of(context))
                signed = signatures(manifest, connection, settings.timezone)
                passed_over = {
                    *idle_models(manifest, connection),
                    *unchanged(manifest, connection, signed),
                }
            let_go()
            # Tests are named one by one: what reads a view that stands is tested again.
            arguments = [
                "build", "--indirect-selection", "empty", "--exclude",
                " ".join(["test_type:unit", *sorted(passed_over)]),
            ]  # fmt: skip
            results = settings.dbt / "run_results.json"
            results.unlink(missing_ok=True)
            invocation = dbt.cli(arguments, context=context, target_path=settings.dbt)
            for event in invocation.stream():
                events.append(event)
                layer = isinstance(event, dg.Output) and _key(context, event).path[0]
                if layer and layer not in layers:
                    layers.add(layer)
                    progress.show("models", f"{layer} …")
            with duckdb.connect(str(settings.warehouse)) as connection:
                sign(manifest, connection, signed, passed_over)
    except DagsterDbtCliRuntimeError:
        # What cannot be told must not hide what dbt said.
        said = []
        with (
            contextlib.suppress(duckdb.Error),
            duckdb.connect(str(settings.warehouse)) as connection,
        ):
            checks = failed_checks.read(results, manifest["nodes"], connection)
            said = [sentence for check in checks for sentence in check.sentences()]
            for sentence in said:
                progress.show("models", f"  ! {sentence}")
            failed_checks.keep(connection, night_of(context), checks)
        if said:
            raise dg.Failure("; ".join(map(progress.printable, said))) from None
        raise
    finally:
        # dbt has ended and let go of the warehouse: now its tables can be described.
        yield from _described(context, events)
    tables = sum(isinstance(event, dg.Output) for event in events)
    tests = sum(isinstance(event, _CHECKS) for event in events)
    progress.show("models", f"{tables} tables built, {tests} tests passed")


def _write_night(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Say which night the warehouse is built for: the macro `as_of` reads it here.

    So that another night needs no other variables, for which dbt would parse anew.
    """
    connection.execute("create schema if not exists raw_ledger")
    connection.execute(
        f"create or replace table raw_ledger.night as select date '{as_of}' as as_of"
    )


def idle_models(manifest: dict, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """What tells nothing while nobody filled the raw tables under a staging model.

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
        found += [
            manifest["nodes"][child]["name"]
            for child in children
            if child.startswith("test.")
        ]
        if not is_read:
            found.append(node["name"])
    return found


def _key(context: dg.AssetExecutionContext, event: dg.Output) -> dg.AssetKey:
    return context.asset_key_for_output(event.output_name)


def _described(context: dg.AssetExecutionContext, events: list) -> list:
    """Add row counts and column types to the materialised tables among `events`."""
    if not any(isinstance(event, dg.Output) for event in events):
        return events
    with duckdb.connect(str(read_settings().warehouse), read_only=True) as connection:
        columns: dict[tuple[str, str], list[dg.TableColumn]] = {}
        for schema, table, column, kind in connection.execute(
            "select table_schema, table_name, column_name, data_type"
            " from information_schema.columns order by ordinal_position"
        ).fetchall():
            columns.setdefault((schema, table), []).append(
                dg.TableColumn(column, kind.lower())
            )
        described = []
        for event in events:
            if isinstance(event, dg.Output):
                schema, table = _key(context, event).path
                [(count,)] = connection.execute(
                    f"select count(*) from {schema}.{table}"
                ).fetchall()
                event = event.with_metadata(  # noqa: PLW2901
                    {
                        **event.metadata,
                        "dagster/row_count": count,
                        "dagster/column_schema": dg.TableSchema(columns[schema, table]),
                    }
                )
            described.append(event)
    return described
