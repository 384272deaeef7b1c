"""Views and seeds that the warehouse holds as they would be built again.

Each carries, as the comment of its relation, the signature of what it was built from:
its SQL or its file, and that of all it reads. Whoever makes it anew, as dbt called by
hand does, leaves no signature, so that the next night builds it again.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import cache

import duckdb


def signatures(
    manifest: dict, connection: duckdb.DuckDBPyConnection, timezone: str
) -> dict[str, str]:
    """The signature of every view and seed of a compiled manifest, by its unique id.

    A view whose SQL asks the warehouse (`run_query`) has none: the manifest cannot know
    what it would say. The time zone is the one setting that the SQL of a view may hold.
    """
    raw: dict[tuple[str, str], list] = {}
    for schema, table, *column in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        " where schema_name like 'raw%' order by all"
    ).fetchall():
        raw.setdefault((schema, table), []).append(column)
    nodes, macros = manifest["nodes"], manifest["macros"]

    @cache
    def asks(macro: str) -> bool:
        parents = macros[macro]["depends_on"]["macros"] if macro in macros else []
        return macro == "macro.dbt.run_query" or any(map(asks, parents))

    @cache
    def signature(key: str) -> str:
        if source := manifest["sources"].get(key):
            return _hash(raw.get((source["schema"], source["identifier"])))
        node = nodes[key]
        tests = [
            nodes[child].get("compiled_code")
            for child in manifest["child_map"].get(key, [])
            if node["resource_type"] == "seed" and child.startswith("test.")
        ]
        return _hash(
            [
                timezone,
                node.get("compiled_code") or node["raw_code"] or node["checksum"],
                node["config"],
                sorted(filter(None, tests)),
                *map(signature, node["depends_on"].get("nodes", [])),
            ]
        )

    return {
        key: signature(key)
        for key, node in nodes.items()
        if node["resource_type"] == "seed"
        or (
            node["config"]["materialized"] == "view"
            and not any(map(asks, node["depends_on"]["macros"]))
        )
    }


def unchanged(
    manifest: dict, connection: duckdb.DuckDBPyConnection, signed: dict[str, str]
) -> list[str]:
    """Names of the views and seeds that need no building, and of the seeds' tests.

    A seed that did change is dropped: its columns may be others now.
    """
    held = dict(
        connection.execute(
            "select schema_name || '.' || view_name, comment from duckdb_views()"
            " union all"
            " select schema_name || '.' || table_name, comment from duckdb_tables()"
        ).fetchall()
    )
    nodes = manifest["nodes"]
    found, seeds = set(), set()
    for key, signature in signed.items():
        relation, is_seed = (
            relation_of(nodes[key]),
            nodes[key]["resource_type"] == "seed",
        )
        if held.get(relation) == signature:
            found.add(key)
            if is_seed:
                seeds.add(key)
        elif relation in held and is_seed:
            connection.execute(f"drop table {relation}")
    for key, node in nodes.items():
        parents = node["depends_on"].get("nodes", [])
        if node["resource_type"] == "test" and parents and seeds.issuperset(parents):
            found.add(key)
    return [nodes[key]["name"] for key in sorted(found)]


def sign(
    manifest: dict,
    connection: duckdb.DuckDBPyConnection,
    signed: dict[str, str],
    passed_over: Iterable[str],
) -> None:
    """Sign what a night has built, when all was built and tested.

    `passed_over` are the names that it did not build.
    """
    old = set(passed_over)
    for key, signature in signed.items():
        node = manifest["nodes"][key]
        if node["name"] not in old:
            kind = "table" if node["resource_type"] == "seed" else "view"
            connection.execute(
                f"comment on {kind} {relation_of(node)} is '{signature}'"
            )


def relation_of(node: dict) -> str:
    """The table or view of a node of the manifest, with its schema."""
    return f"{node['schema']}.{node['alias']}"


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
