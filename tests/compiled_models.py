"""Runs the compiled models over small worlds of their own, without a process of dbt.

A world is a DuckDB connection that holds some tables; what a wanted table needs beyond
them is built from the project's own SQL, its Python models and its seeds.
"""

import functools
import importlib.util
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion.settings import REPOSITORY
from orchestration.identity.components import connected_components
from orchestration.models import manifest_path

AS_OF = "2026-07-01"
# The day that the macro `as_of` says where it may ask no warehouse.
COMPILED_FOR = "0001-01-01"
PROJECT = REPOSITORY / "dbt_project"


@functools.cache
def manifest() -> dict:
    return json.loads(manifest_path().read_text())


@functools.cache
def _nodes() -> dict[str, dict]:
    """Models, seeds and tests by name, sources as <schema>.<table>."""
    nodes = {node["name"]: node for node in manifest()["nodes"].values()}
    sources = manifest()["sources"].values()
    return nodes | {f"{node['schema']}.{node['name']}": node for node in sources}


@dataclass
class World:
    """Tables in memory, given or built; `as_of` is the night they are built for."""

    connection: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    as_of: str = AS_OF
    built: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connection.execute("attach if not exists ':memory:' as warehouse")
        self.connection.execute("use warehouse")
        self.connection.execute("set timezone = 'UTC'")

    def give(self, table: str, rows: pa.Table | Iterable[tuple]) -> None:
        """Replace a table: `<schema>.<table>` and Arrow, or with its columns and rows.

        Columns are named with their types, as in SQL; without a type they are texts.
        """
        name, _, declared = table.partition("(")
        if not isinstance(rows, pa.Table):
            words = re.split(r", (?![^(]*\))", declared.removesuffix(")"))
            kinds = dict((*word.split(" ", 1), "varchar")[:2] for word in words)
            columns = list(zip(*rows, strict=True)) or [()] * len(kinds)
            rows = pa.table(
                [pa.array(map(_text, c), pa.string()) for c in columns], list(kinds)
            )
            chosen = ", ".join(f"{c}::{kind} as {c}" for c, kind in kinds.items())
        else:
            chosen = "*"
        self.connection.execute(f"create schema if not exists {name.partition('.')[0]}")
        self.connection.register("given", rows)
        self.connection.execute(
            f"create or replace table {name} as select {chosen} from given"
        )
        self.connection.unregister("given")

    def build(self, *names: str) -> None:
        """Build models anew, with everything they need that is not there yet."""
        for name in self.built:
            node = _nodes()[name]
            self.connection.execute(f"drop table if exists {_relation(node)}")
        self.built.clear()
        for name in names:
            self._need(_nodes()[name])

    def failures(self, test: str) -> list[tuple]:
        """The rows that a data test of the project finds wrong."""
        return self.rows(self._sql(_nodes()[test]))

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()

    def _need(self, node: dict) -> None:
        relation = _relation(node)
        if self.rows(
            "select 1 from duckdb_tables() where database_name = 'warehouse'"
            f" and schema_name || '.' || table_name = '{relation}'"
        ):
            return
        if node["resource_type"] == "source":
            raise LookupError(f"{relation} is a source; give its rows to the world")
        self.connection.execute(f"create schema if not exists {node['schema']}")
        for parent in node["depends_on"].get("nodes", []):
            known = manifest()["nodes"].get(parent) or manifest()["sources"][parent]
            self._need(known)
        if node["resource_type"] == "seed":
            self._load_seed(node)
        elif node["language"] == "python":
            self.connection.register("given", self._call(node))
            self.connection.execute(f"create table {relation} as select * from given")
            self.connection.unregister("given")
        else:
            self._create(node)
        if node["resource_type"] != "seed":
            self.built.append(node["name"])

    def _create(self, node: dict) -> None:
        make = MATERIALIZED.get(node["config"]["materialized"])
        if make is None:
            self.connection.execute(
                f"create table {_relation(node)} as {self._sql(node)}"
            )
        else:
            make(self.connection, _relation(node), self._sql(node))

    def _sql(self, node: dict) -> str:
        return node["compiled_code"].replace(COMPILED_FOR, self.as_of)

    def _load_seed(self, node: dict) -> None:
        types = node["config"]["column_types"]
        kinds = {name: kind.replace("string", "text") for name, kind in types.items()}
        self.connection.execute(
            f"create table {_relation(node)} as select * from read_csv(?"
            + f", types = {kinds}" * bool(kinds)
            + ")",
            [str(PROJECT / node["original_file_path"])],
        )

    def _call(self, node: dict):
        path = PROJECT / node["original_file_path"]
        spec = importlib.util.spec_from_file_location(node["name"], path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.model(_Dbt(self.connection, node), self.connection)


def over(warehouse: Path) -> World:
    """A world of the files that a warehouse holds: all that was modelled is dropped."""
    connection = duckdb.connect(str(warehouse))
    models = (n for n in manifest()["nodes"].values() if n["resource_type"] == "model")
    for schema in {node["schema"] for node in models}:
        connection.execute(f"drop schema if exists {schema} cascade")
    return World(connection)


def _connected_components(
    connection: duckdb.DuckDBPyConnection, relation: str, sql: str
) -> None:
    found = connected_components(connection.sql(sql).to_arrow_reader(1_000_000))
    connection.register("given", found)
    connection.execute(f"create table {relation} as select * from given")
    connection.unregister("given")


# Materializations of the project's own: (connection, relation, SQL) makes the table.
MATERIALIZED = {"connected_components": _connected_components}


@dataclass(frozen=True)
class _Dbt:
    """What a Python model gets for `dbt`."""

    connection: duckdb.DuckDBPyConnection
    node: dict

    def ref(self, name: str) -> duckdb.DuckDBPyRelation:
        return self.connection.table(_relation(_nodes()[name]))

    @property
    def this(self) -> str:
        return _relation(self.node)

    @property
    def config(self) -> "_Config":
        return _Config(self.node["config"]["meta"])


@dataclass(frozen=True)
class _Config:
    """Settings of the table, which nobody reads here, and its `meta`."""

    meta: dict

    def __call__(self, **_: object) -> None:
        """Nothing, for there is only one way to make a table here."""

    def meta_get(self, name: str) -> object:
        return self.meta[name]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _relation(node: dict) -> str:
    return f"{node['schema']}.{node.get('alias') or node['name']}"


def partition(pairs: Iterable[tuple[str, str]]) -> set[frozenset[str]]:
    """The sets of records with one customer, from (record, customer)."""
    members: dict[str, set[str]] = {}
    for record, customer in pairs:
        members.setdefault(customer, set()).add(record)
    return {frozenset(records) for records in members.values()}
