"""What people decided about who is who: a CSV file, read before every night."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb

from ingestion.found import is_written
from ingestion.settings import Settings
from orchestration import handwritten
from orchestration.identity import identifier_rules

_BLANK = b"\xef\xbb\xbf \t\r\n,"
_NEEDS = {
    "must_link": ("record_a", "record_b"),
    "cannot_link": ("record_a", "record_b"),
    "split": ("record_a",),
    "block_value": ("identifier_kind", "value"),
}
_COLUMNS = (
    "decision", "record_a", "record_b", "identifier_kind", "value", "author", "reason",
    "decided_at", "expires_on",
)  # fmt: skip


def restore(connection: duckdb.DuckDBPyConnection, settings: Settings) -> int:
    """Read decisions/identity.csv into `decisions.identity`; returns their number.

    Raises ValueError, with file and line, for a decision that cannot be followed.
    """
    connection.execute("create schema if not exists decisions")
    connection.execute(
        "create or replace table decisions.identity (decision_id varchar,"
        " decision varchar, record_a varchar, record_b varchar,"
        " identifier_kind varchar, value varchar, author varchar, reason varchar,"
        " decided_at timestamp, expires_on date)"
    )
    rows = [_row(file, *line) for file in _files(settings) for line in _lines(file)]
    if rows:
        connection.executemany(
            f"insert into decisions.identity values ({', '.join('?' * 10)})", rows
        )
    return len(rows)


def _files(settings: Settings) -> list[Path]:
    """The file of decisions, if there is one; no other is left unread in silence."""
    for file in sorted(settings.decisions.glob("[!.]*.csv")):
        if file.name not in ("identity.csv", "files.csv"):
            raise ValueError(
                f"{file} is read by nothing; expected identity.csv or files.csv"
            )
    file = settings.decisions / "identity.csv"
    is_empty = not is_written(file) or not file.read_bytes().strip(_BLANK)
    return [] if is_empty else [file]


def _lines(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in handwritten.lines(file, "decision", "author", "reason"):
        if not line.keys() <= set(_COLUMNS):
            raise ValueError(
                f"{file}, line 1: the headings are {','.join(line)}; expected some of"
                f" {','.join(_COLUMNS)}"
            )
        yield number, line


def _row(file: Path, number: int, line: dict[str, str]) -> list:
    cells = {name: line.get(name) or None for name in _COLUMNS}
    where = f"{file}, line {number}"
    decision = cells["decision"]
    if decision not in _NEEDS:
        raise ValueError(
            f"{where}: {decision!r} is not a decision; use one of {', '.join(_NEEDS)}"
        )
    for name in (*_NEEDS[decision], "author", "reason"):
        if not cells[name]:
            raise ValueError(f"{where}: {decision} needs a value under {name}")
    for name in ("record_a", "record_b"):
        if cells[name]:
            handwritten.record_id(file, number, name, cells[name])
    if cells["record_a"] == cells["record_b"] and cells["record_a"]:
        raise ValueError(f"{where}: record_a and record_b are the same record")
    kind = cells["identifier_kind"]
    if kind and kind not in identifier_rules.kinds():
        raise ValueError(
            f"{where}: {kind!r} is no kind of identifier; use one of"
            f" {', '.join(identifier_rules.kinds())}"
        )
    try:
        decided = cells["decided_at"] and datetime.fromisoformat(cells["decided_at"])
        expires = cells["expires_on"] and date.fromisoformat(cells["expires_on"])
    except ValueError as error:
        raise ValueError(f"{where}: {error}; write days as 2026-01-31") from None
    return [f"{file.stem}:{number}", *list(cells.values())[:7], decided, expires]
