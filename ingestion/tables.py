"""What a source delivers: its tables, their files and the headings they may carry."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text", "integer", "decimal", "timestamp", "date", "log_time", "salesforce_id"
]
Format = Literal["csv", "json_lines", "log_lines"]
Delivery = Literal["full", "incremental"]
Decision = Literal["day_first", "month_first", "decimal_comma", "decimal_point"]


@dataclass(frozen=True)
class Column:
    """One column of a raw table.

    `kind` is checked while loading: a row whose value cannot be read as its kind goes
    to quarantine, and so does a row that lacks a `required` value. Raw keeps the text.
    A `salesforce_id` is kept in the long of its two spellings, for exports use both.
    `headings` are the other spellings of the column in files; for JSON lines it is the
    path of the value (`$.context.ip`), for CSV a heading may hold one `{name}`, whose
    text in the file becomes a column of that name: `Amount spent ({currency})`. Of the
    decimals those are money that do not say otherwise (`is_money`).
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    headings: tuple[str, ...] = ()
    is_money: bool = True


@dataclass(frozen=True)
class Table:
    """One raw table: the files that feed it (a glob under its source) and its columns.

    `csv` tables also take Parquet files with the same headings. Lines of `log_lines`
    tables are taken apart by the first of `patterns` that they match; its groups are
    named as the columns, `remote_host_2` where one may stand in several places. What
    makes a row worth having beside its key is one of the columns `any_of`, or all of a
    group of columns there, which the file must have. Where it does, a row with nothing
    but a day in `dated` is one too, for systems keep people of whom they know nothing;
    and so is one of which `deleted` says yes, where systems tell what is gone.
    A `full` delivery holds every record there is: it takes the place of the delivery
    before it, unless it is suspiciously smaller. Of others, a file that begins with all
    of another takes its place; unless they stand `apart`, each a list of its own. A
    file without a column that was always filled is held back, unless files of many
    hands come here (`is_mixed`).

    Rows whose first cell in the file starts with one of `totals`, or that have nothing
    in any of the columns `totals_lack`, are the report's own sums: kept in raw, exempt
    from checks. A line of fewer cells that starts so is a footer, and no row.
    `period` names the first and the last day of a row; where the first column does not
    say the day, they must be one. `assumed` is how days and numbers are read where the
    values of a file do not show it.
    """

    name: str
    files: str
    columns: tuple[Column, ...]
    format: Format = "csv"
    patterns: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    totals_lack: tuple[str, ...] = ()
    period: tuple[str, ...] = ()
    assumed: tuple[Decision, ...] = ()
    any_of: tuple[str | tuple[str, ...], ...] = ()
    dated: tuple[str, ...] = ()
    deleted: str = ""
    is_mixed: bool = False
    delivery: Delivery = "incremental"
    apart: bool = False

    @property
    def may_grow(self) -> bool:
        """Whether a file may be another that has grown."""
        return self.delivery == "incremental" and not self.apart

    @property
    def column_names(self) -> list[str]:
        """Names of all columns a file can fill, captured ones included."""
        captured = [
            heading[heading.index("{") + 1 : heading.index("}")]
            for column in self.columns
            for heading in column.headings
            if "{" in heading
        ]
        names = [column.name for column in self.columns]
        return names + sorted(set(captured) - set(names))


@dataclass(frozen=True)
class Amount:
    """A column of money whose total of a night is held against what is usual.

    `currency` is the column that says whose money a row is, where the table has it:
    money of different currencies is never summed.
    """

    table: str
    column: str
    currency: str = "currency"


@dataclass(frozen=True)
class Source:
    """A system we read; its tables land in the schema `raw_<name>`.

    `amounts` say once which columns are money that is watched.
    """

    name: str
    description: str
    tables: tuple[Table, ...]
    amounts: tuple[Amount, ...] = ()
