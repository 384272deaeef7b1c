"""What people set and wrote, checked before a night begins: limits, files, segments."""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import yaml

from ingestion.files.look import read_decisions
from ingestion.settings import REPOSITORY, Settings
from orchestration import alarm_channels, decisions, labels
from orchestration.models import manifest_path
from orchestration.public_tables import PublicTable, public_tables

PROJECT_FILE = REPOSITORY / "dbt_project" / "dbt_project.yml"
_RATES = REPOSITORY / "dbt_project" / "seeds" / "exchange_rates.csv"
_KEYS = ("segment_id", "label", "purpose", "condition")
_MEMORY = re.compile(r"([0-9]+(?:[.][0-9]+)?) ?([KMGT]?)(i?)B", re.IGNORECASE)
_LEAST_MEMORY = 200_000_000
# Settings that are numbers, and the least that each may be.
_NUMBERS = {
    "session_gap_minutes": 1, "cart_abandoned_after_hours": 1,
    "max_identifiers_per_customer": 1, "max_household_size": 1,
    "max_companies_per_sign": 1, "max_accuracy_fall": 0, "min_precision": 0,
    "link_from": 0, "review_from": 0, "apart_below": 0, "max_pairs_per_record": 0,
    "least_pairs": 0, "general_population": 0, "max_page_views_per_minute": 1,
    "third_party_expiry_days": 1, "null_rate_jump": 0,
}  # fmt: skip
_checked: set[str] = set()


class NotBegun(ValueError):
    """Something must be mended before a night can begin, whatever part begins it."""


def check_once(settings: Settings, run_id: str) -> None:
    """`check` over the project's own tables, once a run: by the command or a load."""
    if run_id not in _checked:
        check(settings, public_tables(manifest_path()))
        _checked.add(run_id)


def check(
    settings: Settings, tables: list[PublicTable], project: Path = PROJECT_FILE
) -> None:
    """Raise NotBegun, with all that a night would stumble over, a line each.

    A line says the setting, or the file and the line in it, what is wrong, and what was
    expected. `tables` are the public tables, whose columns a condition may name.
    """
    with duckdb.connect() as connection:
        found = [
            *_limits(settings),
            *alarm_channels.problems(settings),
            *_said(lambda: read_decisions(settings)),
            *_said(lambda: decisions.restore(connection, settings)),
            *_said(lambda: labels.restore(connection, settings)),
            *_project(connection, tables, project),
        ]
    if found:
        raise NotBegun(
            "the night did not begin, and nothing was loaded:\n  " + "\n  ".join(found)
        )


def _said(read: Callable[[], object]) -> Iterator[str]:
    """Why a file that people write cannot be read."""
    try:
        read()
    except ValueError as error:
        yield str(error)
    except OSError as error:
        yield f"{error.filename}: {error.strerror}; put a readable file in its place"


def _limits(settings: Settings) -> Iterator[str]:
    sizes = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
    for name, text in (
        ("UNAVISTA_MEMORY_LIMIT", settings.memory_limit),
        ("UNAVISTA_LOAD_MEMORY_LIMIT", settings.load_memory_limit),
    ):
        found = _MEMORY.fullmatch(text.strip())
        size = float(found[1]) * sizes[found[2].upper()] if found else 0
        if not _LEAST_MEMORY <= size < 10**15:
            yield (
                f"{name} is {text!r}; expected an amount of memory from 200MB on, such"
                " as 4GB"
            )


def _project(
    connection: duckdb.DuckDBPyConnection, tables: list[PublicTable], project: Path
) -> Iterator[str]:
    variables = yaml.safe_load(project.read_text(encoding="utf-8")).get("vars") or {}
    for name, least in _NUMBERS.items():
        value = variables.get(name, least)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or value < least:
            yield (
                f"{project}: {name} is {value!r}; expected a number of at least {least}"
            )
    currency = variables.get("reporting_currency")
    with _RATES.open(encoding="utf-8", newline="") as file:
        known = {row["currency_code"] for row in csv.DictReader(file)}
    if currency not in known:
        yield (
            f"{project}: reporting_currency is {currency!r}; expected one of the"
            f" currencies in {_RATES}, such as EUR"
        )
    yield from _segments(connection, tables, project, variables.get("segments") or [])


def _segments(
    connection: duckdb.DuckDBPyConnection,
    tables: list[PublicTable],
    project: Path,
    segments: object,
) -> Iterator[str]:
    if not isinstance(segments, list) or not segments:
        yield f"{project}: segments is {segments!r}; expected a list of segments"
        return
    for table in tables:
        columns = ", ".join(f'"{c.name}" {c.type}' for c in table.columns)
        connection.execute(f"create schema if not exists {table.schema}")
        connection.execute(f"create table {table.spelling} ({columns})")
    lines = _lines_of_segments(project)
    seen: set[str] = set()
    for line, segment in zip(lines, segments, strict=True):
        where = f"{project}, line {line}: segment"
        if not isinstance(segment, dict):
            yield f"{where} {segment!r}; expected {', '.join(_KEYS)}"
            continue
        name = segment.get("segment_id")
        wrong = [key for key in _KEYS if not isinstance(segment.get(key), str)]
        wrong += [key for key in segment if key not in _KEYS]
        if wrong:
            yield (
                f"{where} {name}: {', '.join(map(str, wrong))} is missing, no text or"
                f" unknown; expected a text for each of {', '.join(_KEYS)}"
            )
            continue
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            yield f"{where} {name!r}; expected a name of small letters, digits and _"
        if name in seen:
            yield f"{where} {name} is there twice; expected each segment_id once"
        seen.add(name)
        if problem := _problem(connection, segment["condition"]):
            yield (
                f"{where} {name}: its condition cannot be asked: {problem}; expected a"
                " condition over the columns of marts.customers, which `unavista tables"
                " customers` lists"
            )


def _lines_of_segments(project: Path) -> list[int]:
    """The line on which each segment begins."""
    top = yaml.compose(project.read_text(encoding="utf-8"))
    variables = next(value for key, value in top.value if key.value == "vars")
    found = next(value for key, value in variables.value if key.value == "segments")
    return [node.start_mark.line + 1 for node in found.value]


def _problem(connection: duckdb.DuckDBPyConnection, condition: str) -> str | None:
    """Why DuckDB does not take a condition, in one line; None where it does."""
    sql = f"select customer_id from marts.customers where (\n{condition}\n)"
    try:
        if len(duckdb.extract_statements(sql)) != 1:
            return "it is several statements"
        connection.execute(f"explain {sql}")
    except duckdb.Error as error:
        said = str(error).partition("\n\nLINE ")[0]
        return " ".join(said.partition("Error: ")[2].split()) or said
    return None
