"""The tables that readers open, and what is said of each and of its columns."""

import json
import textwrap
from dataclasses import dataclass
from pathlib import Path

PERSONAL_SCHEMA = "contacts"
_WIDTH = 88


@dataclass(frozen=True)
class Column:
    """A column of a public table; personal ones are published in `contacts` only."""

    name: str
    type: str
    description: str
    is_personal: bool


@dataclass(frozen=True)
class PublicTable:
    """A model with `access: public`: its place, its words, its columns in order."""

    schema: str
    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        """The published file it is in: `marts` or `contacts`."""
        return PERSONAL_SCHEMA if self.schema == PERSONAL_SCHEMA else "marts"

    @property
    def place(self) -> str:
        """How a query names it in that file, whatever the catalog is called.

        DuckDB calls a schema ambiguous that is named as the file: what would stand in
        the schema `marts` of `marts.duckdb` stands in its schema `main`.
        """
        return f"main.{self.name}" if self.schema == self.file else self.spelling

    @property
    def spelling(self) -> str:
        """Schema and name, as in the warehouse."""
        return f"{self.schema}.{self.name}"


def public_tables(manifest: Path) -> list[PublicTable]:
    """The public models of a dbt manifest, by schema and name."""
    nodes = json.loads(manifest.read_text())["nodes"].values()
    found = [
        PublicTable(
            schema=node["schema"],
            name=node["alias"],
            description=_one_line(node["description"]),
            columns=tuple(
                Column(
                    name=column["name"],
                    type=column["data_type"] or "",
                    description=_one_line(column["description"]),
                    is_personal=bool(column["config"].get("meta", {}).get("pii")),
                )
                for column in node["columns"].values()
            ),
        )
        for node in nodes
        if node["resource_type"] == "model" and node["access"] == "public"
    ]
    return sorted(found, key=lambda table: (table.schema, table.name))


def listed(tables: list[PublicTable]) -> str:
    """One line a table: where it is, and its grain."""
    lines = []
    for file in ("marts", PERSONAL_SCHEMA):
        mine = [table for table in tables if table.file == file]
        words = " (personal)" if file == PERSONAL_SCHEMA else ""
        lines += ["", f"{file}.duckdb{words}"]
        lines += [f"  {table.spelling:<34} {_grain(table)}" for table in mine]
    lines += ["", "The columns of one: unavista tables <name>"]
    return "\n".join(lines[1:])


def told(tables: list[PublicTable], name: str) -> str:
    """A table's words and columns; raises LookupError where no table is so named.

    `name` is a table's name, with or without its schema. Two may bear one name.
    """
    found = [table for table in tables if name in (table.name, table.spelling)]
    if not found:
        alike = [table.spelling for table in tables if name in table.spelling]
        raise LookupError(
            f"there is no public table {name};"
            f" {'there are ' + ', '.join(alike) if alike else 'list: unavista tables'}"
        )
    return "\n\n".join(_portrait(table) for table in found)


def markdown(tables: list[PublicTable]) -> str:
    """All tables and columns as a page: `docs/tables.md`."""
    parts = [
        "# Public tables",
        "Written by `make docs` from the descriptions in `dbt_project/models`; change"
        " them there. `unavista tables NAME` prints the same of one table. Each of"
        " these has an enforced contract and a tested key. A column marked personal is"
        " published in `contacts.duckdb` only.",
        "Times are UTC. A rate is between 0 and 1. A table's schema is written before"
        " its name; the tables of `marts` are in the file's main schema, so that"
        " `customers` and `main.customers` find one whatever the catalog is called, and"
        " `marts.customers` wherever it is called `marts`, as it is when the file is"
        " opened under its own name. `contacts.duckdb` is alike.",
    ]
    for table in tables:
        parts += [f"## {table.spelling}", table.description]
        rows = ["| column | type | |", "|---|---|---|"]
        for column in table.columns:
            personal = "**personal** · " if column.is_personal else ""
            words = column.description.replace("|", "\\|")
            rows.append(f"| `{column.name}` | {column.type} | {personal}{words} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts) + "\n"


def _portrait(table: PublicTable) -> str:
    lines = [f"{table.spelling}, in {table.file}.duckdb"]
    lines += _wrapped(table.description, "  ")
    for column in table.columns:
        personal = ", personal" if column.is_personal else ""
        lines += ["", f"  {column.name}  {column.type}{personal}"]
        lines += _wrapped(column.description, "      ")
    return "\n".join(lines)


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)


def _grain(table: PublicTable) -> str:
    return table.description.partition(". ")[0].rstrip(".")


def _one_line(text: str) -> str:
    return " ".join(text.split())
