"""Which published columns come from which raw column, read in the models' SQL."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

Origins = frozenset[tuple[str, str, str]]  # source, table, column
_COLUMNS = {
    "source_name": "varchar",
    "table_name": "varchar",
    "column_name": "varchar",
    "published_columns": "varchar",
    "is_personal": "boolean",
}


def column_reach(manifest: dict) -> list[tuple[str, str, str, str, bool]]:
    """Raw columns of a compiled dbt manifest and what is computed from each.

    (source, table, column, public columns as `schema.table.column` with commas between,
    whether a column declared personal is among all it reaches), sorted. What only
    filters, joins or orders rows is not followed. Raises ValueError where a model was
    not compiled.
    """
    reached: dict[tuple[str, str, str], set[str]] = {}
    personal: set[tuple[str, str, str]] = set()
    for node, output in _outputs(manifest):
        for column in node["columns"].values():
            origins = output.of(column["name"])
            # What holds any attribute says nothing of the one it came from.
            if column["config"].get("meta", {}).get("pii", "any") != "any":
                personal |= origins
            for origin in origins:
                reached.setdefault(origin, set())
                if node["access"] == "public":
                    place = f"{node['schema']}.{node['alias']}.{column['name']}"
                    reached[origin].add(place)
    return [
        (*origin, ", ".join(sorted(places)), origin in personal)
        for origin, places in sorted(reached.items())
        if not origin[2].startswith("_") and (places or origin in personal)
    ]


def keep(manifest: dict, file: Path) -> None:
    """Write the rows of `column_reach` to a file, once for each compiled manifest."""
    names = list(_COLUMNS)
    rows = [dict(zip(names, row, strict=True)) for row in column_reach(manifest)]
    file.write_text(json.dumps(rows))


def write(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Replace raw_ledger.column_reach by what `keep` wrote."""
    connection.execute("create schema if not exists raw_ledger")
    connection.execute(
        "create or replace table raw_ledger.column_reach as"
        f" from read_json(?, format = 'array', columns = {_COLUMNS})",
        [str(file)],
    )


@dataclass(frozen=True)
class _Output:
    """Columns of a query, with their origins.

    A column that is not among them comes from `inherited`, where the query says `*`, or
    has the origins `otherwise`. A raw table (`raw`) is the origin of its columns.
    """

    columns: tuple[tuple[str, Origins], ...] = ()
    inherited: tuple["_Output", ...] = ()
    otherwise: Origins = frozenset()
    raw: tuple[str, str] | None = None

    def of(self, name: str) -> Origins:
        if self.raw:
            return frozenset({(*self.raw, name)})
        for column, origins in self.columns:
            if column == name:
                return origins
        return self.otherwise.union(*(output.of(name) for output in self.inherited))


def _outputs(manifest: dict) -> Iterator[tuple[dict, _Output]]:
    """Every model with its output, each after those it reads."""
    tables = {
        (found["schema"], found["identifier"]): _Output(
            raw=(found["schema"].removeprefix("raw_"), found["identifier"])
        )
        for found in manifest["sources"].values()
        if found["schema"].startswith("raw_") and found["schema"] != "raw_ledger"
    }
    models = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
    }
    done: set[str] = set()

    def visit(key: str) -> Iterator[tuple[dict, _Output]]:
        if key in done or key not in models:
            return
        done.add(key)
        node = models[key]
        for parent in node["depends_on"]["nodes"]:
            yield from visit(parent)
        if node["language"] == "python":
            parents = [models[k] for k in node["depends_on"]["nodes"] if k in models]
            output = _output_of_python(node["raw_code"], [
                tables[parent["schema"], parent["alias"]] for parent in parents
            ])  # fmt: skip
        elif node.get("compiled_code"):
            output = _output_of_sql(node["compiled_code"], tables)
        else:
            raise ValueError(
                f"the model {node['name']} is not compiled; run dbt compile"
            )
        tables[node["schema"], node["alias"]] = output
        yield node, output

    for key in models:
        yield from visit(key)


def _output_of_python(code: str, parents: Iterable[_Output]) -> _Output:
    """A Python model: all it gives may come from every column that it names."""
    words = set(re.findall(r"\w+", code))
    return _Output(
        otherwise=frozenset().union(
            *(parent.of(word) for parent in parents for word in words)
        )
    )


def _output_of_sql(sql: str, tables: dict[tuple[str, str], _Output]) -> _Output:
    outputs: dict[Scope, _Output] = {}
    for scope in traverse_scope(sqlglot.parse_one(sql, read="duckdb")):
        if isinstance(scope.expression, exp.SetOperation):
            outputs[scope] = _union(
                *(outputs[branch] for branch in scope.set_operation_scopes)
            )
        elif isinstance(scope.expression, exp.Select):
            outputs[scope] = _selected(scope, outputs, tables)
    return outputs[scope]


def _union(left: _Output, right: _Output) -> _Output:
    """Columns go by position, or by name where one side says `*`."""
    if left.inherited or right.inherited:
        return _Output(inherited=(left, right))
    return _Output(
        tuple(
            (name, origins | other)
            for (name, origins), (_, other) in zip(
                left.columns, right.columns, strict=True
            )
        )
    )


def _selected(
    scope: Scope,
    outputs: dict[Scope, _Output],
    tables: dict[tuple[str, str], _Output],
) -> _Output:
    sources: dict[str, _Output] = {}
    rows_made: dict[str, exp.Expression] = {}
    for alias, (_, source) in scope.selected_sources.items():
        if isinstance(source, exp.Table):
            sources[alias] = tables.get((source.db, source.name), _Output())
        elif source in outputs:
            sources[alias] = outputs[source]
        else:
            rows_made[alias] = source.expression

    def origins(expression: exp.Expression) -> Origins:
        return frozenset().union(
            *(
                output.of(column.name)
                for column in expression.find_all(exp.Column)
                for alias, output in sources.items()
                if column.table in ("", alias)
            )
        )

    # What takes a value apart into rows, such as unnest: all of it is that value.
    for alias, expression in rows_made.items():
        sources[alias] = _Output(otherwise=origins(expression))
    columns, inherited = [], []
    for selected in scope.expression.selects:
        if selected.is_star:
            inherited += [
                output
                for alias, output in sources.items()
                if not isinstance(selected, exp.Column) or selected.table == alias
            ]
        else:
            columns.append((selected.alias_or_name, origins(selected)))
    return _Output(tuple(columns), tuple(inherited))
