"""What a source delivers: its tables, their files and the headings they may carry."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "integer", "decimal", "timestamp", "date", "log_time"]
Format = Literal["csv", "json_lines", "log_lines"]
Delivery = Literal["full", "incremental"]


@dataclass(frozen=True)
class Column:
    """One column of a raw table.

    `kind` is checked while loading: a row whose value cannot be read as its kind goes
    to quarantine, and so does a row that lacks a `required` value. Raw keeps the text.
    `headings` are the other spellings of the column in files; for JSON lines it is the
    path of the value (`$.context.ip`), for CSV a heading may hold one `{name}`, whose
    text in the file becomes a column of that name: `Amount spent ({currency})`.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    headings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One raw table: the files that feed it (a glob under its source) and its columns.

    `csv` tables also take Parquet files with the same headings. `log_lines` tables
    give a `pattern` whose groups are the columns, in order. Rows whose first column
    starts with `totals` are the report's own sums: kept in raw, exempt from checks.
    A row needs at least one of the columns `any_of`. `key` names the columns that
    identify a record. A `full` delivery holds every record there is: it takes the
    place of the delivery before it, unless it is suspiciously smaller.
    """

    name: str
    files: str
    columns: tuple[Column, ...]
    format: Format = "csv"
    pattern: str = ""
    totals: str = ""
    any_of: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    delivery: Delivery = "incremental"

    @property
    def column_names(self) -> list[str]:
        """Names of all columns a file can fill, captured ones included."""
        captured = [
            heading[heading.index("{") + 1 : heading.index("}")]
            for column in self.columns
            for heading in column.headings
            if "{" in heading
        ]
        return [column.name for column in self.columns] + sorted(set(captured))


@dataclass(frozen=True)
class Source:
    """A system we read; its tables land in the schema `raw_<name>`."""

    name: str
    description: str
    tables: tuple[Table, ...]
