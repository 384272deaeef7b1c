"""What the warehouse holds as it would be built again: it is not built again.

Each relation carries two signatures as its comment: of what it was built from, and of
what its tests were passed over; and the run that made it. Whoever makes a relation
anew, as dbt called by hand does, leaves none of them: the next night builds it again.
"""

import hashlib
import json
from collections.abc import Callable, Collection
from datetime import date
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

import duckdb

from ingestion.settings import REPOSITORY

# Of these a model of a source takes the rows of its source's files, which the state of
# its raw tables has: the files of another source are no news to it.
_LEDGER = {
    "model.unavista.stg_ledger__current_files",
    "model.unavista.stg_ledger__delivered_files",
}
# The one thing that SQL may ask the warehouse while it is compiled: for which night.
_NIGHT = "macro.unavista.night_of_the_warehouse"
_QUERY = "macro.dbt.run_query"
# What that macro says while the project is compiled for no night.
_LONG_AGO = "0001-01-01"
_ENVIRONMENT = "env_var("


class Signature(NamedTuple):
    """Of what a relation is built from, and of what its tests were passed over."""

    built: str
    tested: str


def signatures(
    manifest: dict, connection: duckdb.DuckDBPyConnection, timezone: str, as_of: date
) -> dict[str, Signature]:
    """The signatures of models and seeds of a compiled manifest, by unique id.

    A table is built from its SQL and the rows under it, a view from its SQL and the
    columns under it. No signature has what asks the warehouse for more than the night
    while it is compiled (`run_query`): the manifest cannot know what it would say.
    """
    nodes, sources = manifest["nodes"], manifest["sources"]
    columns = _columns(connection)
    rows = _rows(connection, columns, as_of)
    everywhere = [duckdb.__version__, timezone]
    handmade = _handmade(nodes)
    calls = _calls(manifest["macros"])

    def is_known(key: str) -> bool:
        return _QUERY not in calls(nodes[key], _NIGHT)

    def parents(key: str) -> list[str]:
        return nodes[key]["depends_on"].get("nodes", [])

    @cache
    def own(key: str) -> str:
        """Of what a node says, whatever it reads."""
        node = nodes[key]
        reads_night = _LONG_AGO in (node.get("compiled_code") or "")
        by_python = (
            node.get("language") == "python"
            or node["config"]["materialized"] == "connected_components"
        )
        return _hash(
            [
                everywhere,
                node.get("compiled_code") or node["raw_code"] or node["checksum"],
                node["config"],
                node.get("contract"),
                str(as_of) if reads_night else None,
                handmade if by_python else None,
            ]
        )

    @cache
    def said(key: str) -> str:
        """Of what a node and all under it say, and of the columns of raw tables."""
        if source := sources.get(key):
            return _hash(columns.get((source["schema"], source["identifier"])))
        return _hash([own(key), *map(said, parents(key))])

    @cache
    def reads_files(key: str) -> bool:
        """Whether it is a raw table of a source's files, or a staging model of one."""
        if source := sources.get(key):
            return _is_of_files(source["schema"])
        return nodes[key]["schema"] == "staging" and any(map(reads_files, parents(key)))

    @cache
    def held(key: str) -> str:
        """Of the rows that a relation holds or shows once it is built."""
        if source := sources.get(key):
            return _hash(
                [said(key), rows.get((source["schema"], source["identifier"]))]
            )
        above_files = reads_files(key)
        return _hash(
            [
                own(key),
                *(
                    said(parent) if above_files and parent in _LEDGER else held(parent)
                    for parent in parents(key)
                ),
            ]
        )

    signed = {}
    for key, node in nodes.items():
        if node["resource_type"] == "test" or not is_known(key):
            continue
        is_table = node["config"]["materialized"] not in ("view", "seed")
        tests = sorted(
            own(child)
            for child in manifest["child_map"].get(key, [])
            if child.startswith("test.") and is_known(child)
        )
        signed[key] = Signature(
            held(key) if is_table else said(key), _hash([held(key), tests])
        )
    return signed


def sql_of(manifest: dict, as_of: date) -> dict[str, str]:
    """The SQL of each node for a night, by id, as far as the manifest can say it.

    It cannot where the SQL asks the warehouse for more than the night, or reads the
    environment, as the time zone is read.
    """
    calls = _calls(manifest["macros"])
    return {
        key: node["compiled_code"].replace(_LONG_AGO, str(as_of))
        for key, node in manifest["nodes"].items()
        if node.get("compiled_code")
        and node["language"] == "sql"
        and _ENVIRONMENT not in node["raw_code"]
        and calls(node, _NIGHT).isdisjoint((_QUERY, _ENVIRONMENT))
    }


def _calls(macros: dict) -> Callable[..., frozenset[str]]:
    """Which macros a node calls, through others too, but not beyond `beside`."""

    @cache
    def called(macro: str, beside: str | None) -> frozenset[str]:
        found = {macro}
        if macro in macros and macro != beside:
            if _ENVIRONMENT in macros[macro].get("macro_sql", ""):
                found.add(_ENVIRONMENT)
            for other in macros[macro]["depends_on"]["macros"]:
                found |= called(other, beside)
        return frozenset(found)

    def calls(node: dict, beside: str | None = None) -> frozenset[str]:
        names = node["depends_on"]["macros"]
        return frozenset().union(*(called(name, beside) for name in names))

    return calls


def unchanged(
    manifest: dict,
    connection: duckdb.DuckDBPyConnection,
    signed: dict[str, Signature],
) -> set[str]:
    """Ids of what needs no building, and of tests that would find what they found.

    A seed that did change is dropped: its columns may be others now.
    """
    relations = _relations(connection)
    nodes = manifest["nodes"]
    stands, tested = set(), set()
    for key, signature in signed.items():
        relation = relation_of(nodes[key])
        _, comment = relations.get(relation, ("", None))
        built, over, _ = _words(comment)
        if built == signature.built:
            stands.add(key)
            if over == signature.tested:
                tested.add(key)
        elif relation in relations and _is_seed(nodes[key]):
            connection.execute(f"drop table {relation}")
    for key, node in nodes.items():
        read = [it for it in node["depends_on"].get("nodes", []) if it in nodes]
        if node["resource_type"] == "test" and read and tested.issuperset(read):
            stands.add(key)
    return stands


def sign(
    manifest: dict,
    connection: duckdb.DuckDBPyConnection,
    signed: dict[str, Signature],
    run_id: str,
    made: Collection[str],
) -> None:
    """Sign what stands, when all was built that did not stand, and all was tested.

    Those whose ids are `made` were built by this run: beside the signatures it says so.
    """
    relations = _relations(connection)
    connection.execute("begin")
    for key, signature in signed.items():
        relation = relation_of(manifest["nodes"][key])
        kind, comment = relations.get(relation, ("", None))
        maker = run_id if key in made else _words(comment)[2] or run_id
        text = " ".join([*signature, maker])
        # What no model reads is not built where nobody filled the raw table under it.
        if kind and comment != text:
            connection.execute(f"comment on {kind} {relation} is '{text}'")
    connection.execute("commit")


def makers(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, str]:
    """Which run made each table that a night built and tested, by schema and name.

    A table with the same maker holds the same rows. A view does not say so.
    """
    return {
        relation: maker
        for relation, comment in connection.execute(
            "select schema_name || '.' || table_name, comment from duckdb_tables()"
            " where database_name = ?",
            [catalog],
        ).fetchall()
        if (maker := _words(comment)[2])
    }


def _words(comment: str | None) -> tuple[str, str, str]:
    """The two signatures of a relation and the run that made it, from its comment."""
    built, over, maker, *_ = [*(comment or "").split(" "), "", "", ""]
    return built, over, maker


def relation_of(node: dict) -> str:
    """The table or view of a node of the manifest, with its schema."""
    return f"{node['schema']}.{node['alias']}"


def _relations(
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, tuple[str, str | None]]:
    """Kind and comment of every view and table, by schema and name."""
    return {
        relation: (kind, comment)
        for relation, kind, comment in connection.execute(
            "select schema_name || '.' || view_name, 'view', comment"
            " from duckdb_views() union all"
            " select schema_name || '.' || table_name, 'table', comment"
            " from duckdb_tables()"
        ).fetchall()
    }


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list]:
    """Names and types of the columns of every table, by schema and table."""
    found: dict[tuple[str, str], list] = {}
    for schema, table, *column in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        " where not internal order by all"
    ).fetchall():
        found.setdefault((schema, table), []).append(column)
    return found


def _is_seed(node: dict) -> bool:
    return node["resource_type"] == "seed"


def _is_of_files(schema: str) -> bool:
    return schema.startswith("raw_") and schema != "raw_ledger"


def _rows(
    connection: duckdb.DuckDBPyConnection,
    tables: dict[tuple[str, str], list],
    as_of: date,
) -> dict[tuple[str, str], list]:
    """What stands for the rows of the tables that models are built on.

    Of a raw table of files it is their number, and what the ledger says of all files of
    the source, without which no row of them counts. Of the registry it is what other
    nights wrote: a night that is run again finds what it found.
    """
    files = {}
    if ("raw_ledger", "files") in tables:
        files = {
            f"raw_{source}": found
            for source, *found in connection.execute(
                "select source_name, count(*), cast(sum(hash(files)) as varchar)"
                " from raw_ledger.files as files group by source_name"
            ).fetchall()
        }
    rows = {}
    for schema, table in tables:
        if _is_of_files(schema):
            sql = f"select count(*) from {schema}.{table}"
        elif (schema, table) == ("raw_ledger", "steps"):
            # They are others in every night: what shows them is no reason to build.
            continue
        elif schema in ("raw_ledger", "registry", "labels", "decisions"):
            other = f" where as_of <> date '{as_of}'" * (schema == "registry")
            sql = (
                "select count(*), cast(sum(hash(read)) as varchar)"
                f' from {schema}."{table}" as read{other}'
            )
        else:
            continue
        rows[schema, table] = [
            *connection.execute(sql).fetchall()[0],
            files.get(schema),
        ]
    return rows


def _handmade(nodes: dict) -> str:
    """Of all that Python may read to make a table: its modules, settings and seeds."""
    seeds = [node["checksum"] for node in nodes.values() if _is_seed(node)]
    project = REPOSITORY / "dbt_project" / "dbt_project.yml"
    modules = (REPOSITORY / "orchestration" / "identity").glob("*.py")
    texts = [path.read_text(encoding="utf-8") for path in (project, *sorted(modules))]
    return _hash([version("splink"), sorted(map(str, seeds)), texts])


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
