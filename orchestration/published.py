"""Replaces what readers open, in one step, after everything was built and tested."""

import json
import os
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from ingestion.settings import Settings
from ingestion.sql import literal
from orchestration import registry

_PERSONAL_SCHEMA = "contacts"


@dataclass(frozen=True)
class PublicModel:
    """A model with `access: public`: its place, its words, its personal columns."""

    schema: str
    name: str
    description: str
    columns: dict[str, str]
    personal_columns: tuple[str, ...]


def public_models(manifest: Path) -> list[PublicModel]:
    """The public models of a dbt manifest, by schema and name."""
    nodes = json.loads(manifest.read_text())["nodes"].values()
    found = [
        PublicModel(
            schema=node["schema"],
            name=node["alias"],
            description=node["description"],
            columns={c["name"]: c["description"] for c in node["columns"].values()},
            personal_columns=tuple(
                column["name"]
                for column in node["columns"].values()
                if column["config"].get("meta", {}).get("pii")
            ),
        )
        for node in nodes
        if node["resource_type"] == "model" and node["access"] == "public"
    ]
    return sorted(found, key=lambda model: (model.schema, model.name))


def publish(settings: Settings, models: list[PublicModel], as_of: date) -> Path:
    """Write a new version and let `published/` point to it; returns its folder.

    `marts.duckdb` holds every public model outside the schema `contacts`,
    `contacts.duckdb` (mode 0600) those inside; `parquet/` holds both. One symbolic link
    is replaced, so that a reader sees the old version or the new one, never a mixture.
    Raises ValueError when a personal column would leave the schema `contacts`.
    """
    leaking = [
        m.name for m in models if m.schema != _PERSONAL_SCHEMA and m.personal_columns
    ]
    if leaking:
        raise ValueError(f"personal columns outside `contacts` in {', '.join(leaking)}")
    versions = settings.published / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    for leftover in versions.glob(".*"):
        shutil.rmtree(leftover)
    partial = versions / f".{as_of}"
    for name, is_personal in (("marts", False), ("contacts", True)):
        chosen = [m for m in models if (m.schema == _PERSONAL_SCHEMA) == is_personal]
        mask = os.umask(0o077 if is_personal else 0o022)
        try:
            _write_version(settings, partial, name, chosen)
        finally:
            os.umask(mask)
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        # First the ids, then the tables that use them: no published id is forgotten.
        registry.export(connection, settings, as_of)
    version = _next_version(versions, as_of)
    os.rename(partial, version)
    _point(settings.published / "current", Path("versions") / version.name)
    for name in ("marts.duckdb", "contacts.duckdb", "parquet"):
        _point(settings.published / name, Path("current") / name)
    for old in sorted(versions.iterdir(), key=_age)[: -settings.keep_versions]:
        shutil.rmtree(old)
    return version


def _write_version(
    settings: Settings, folder: Path, name: str, models: list[PublicModel]
) -> None:
    folder.mkdir(mode=0o755, exist_ok=True)
    with duckdb.connect(str(folder / f"{name}.duckdb")) as connection:
        connection.execute(f"set memory_limit = '{settings.memory_limit}'")
        connection.execute(f"set threads = {settings.threads}")
        connection.execute(
            f"attach {literal(str(settings.warehouse))} as warehouse (read_only)"
        )
        for model in models:
            _copy(connection, model, name, folder / "parquet" / model.schema)


def _copy(
    connection: duckdb.DuckDBPyConnection,
    model: PublicModel,
    file_name: str,
    folder: Path,
) -> None:
    """Copy one table in the order of its columns: the keys, which come first.

    The schema that bears the file's name goes to `main`: in `marts.duckdb` DuckDB finds
    `marts.customers` there, and would call a schema `marts` beside the file's own name
    ambiguous.
    """
    schema = "main" if model.schema == file_name else model.schema
    table = f"{schema}.{model.name}"
    folder.mkdir(parents=True, exist_ok=True)
    connection.execute(f"create schema if not exists {schema}")
    connection.execute(
        f"create table {table} as select *"
        f" from warehouse.{model.schema}.{model.name} order by all"
    )
    connection.execute(f"comment on table {table} is {literal(model.description)}")
    for column, words in model.columns.items():
        if words:
            comment = f"comment on column {table}.{column} is {literal(words)}"
            connection.execute(comment)
    file = literal(str(folder / f"{model.name}.parquet"))
    connection.execute(f"copy {table} to {file}")


def _next_version(versions: Path, as_of: date) -> Path:
    number = 1 + max((_age(path)[1] for path in versions.glob(f"{as_of}_*")), default=0)
    return versions / f"{as_of}_{number:04d}"


def _age(version: Path) -> tuple[float, int]:
    return version.stat().st_mtime, int(version.name.partition("_")[2] or 0)


def _point(link: Path, target: Path) -> None:
    """Make `link` point to `target` in one step; leave a link that does so already."""
    if link.is_symlink() and Path(os.readlink(link)) == target:
        return
    partial = link.with_name(f".{link.name}")
    partial.unlink(missing_ok=True)
    partial.symlink_to(target)
    os.replace(partial, link)
