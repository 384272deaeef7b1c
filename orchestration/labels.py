"""Who is who as people say, in the tables `labels.records` and `.hard_cases`."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion.found import is_passed_over
from ingestion.settings import Settings
from orchestration import handwritten


def restore(connection: duckdb.DuckDBPyConnection, settings: Settings) -> int:
    """Read the label files; returns the number of labels.

    Each `labels/<label set>.csv` has the headings record_id and person_id and may have
    case_name, the hard case that a record plays in; the sample company's answer key,
    where there is one, is the label set `sample`. An empty person is nobody: whatever
    is linked to the record is wrong.
    Raises ValueError with file, line and what was expected.
    """
    records: list[tuple[str, str, str | None]] = []
    cases: list[tuple[str, str, str]] = []
    for label_set, file in _files(settings):
        for line, row in handwritten.lines(file, "record_id", "person_id"):
            record = handwritten.record_id(file, line, "record_id", row["record_id"])
            records.append((label_set, record, row["person_id"] or None))
            if row.get("case_name"):
                cases.append((label_set, row["case_name"], record))
    key = settings.answer_key / "hard_cases.csv"
    if key.exists():
        for line, row in handwritten.lines(key, "case_name", "record_ids"):
            for record in row["record_ids"].split(";"):
                handwritten.record_id(key, line, "record_ids", record)
                cases.append(("sample", row["case_name"], record))
    connection.execute("create schema if not exists labels")
    _write(connection, "records", ("label_set", "record_id", "person_id"), records)
    _write(connection, "hard_cases", ("label_set", "case_name", "record_id"), cases)
    return len(records)


def _files(settings: Settings) -> Iterator[tuple[str, Path]]:
    key = settings.answer_key / "records.csv"
    if key.exists():
        yield "sample", key
    for file in sorted(settings.labels.glob("[!.]*")):
        if file.suffix != ".csv" and is_passed_over(file.name):
            continue
        if file.suffix != ".csv":
            raise ValueError(
                f"{file} is no label file; expected <label set>.csv with the headings"
                " record_id,person_id"
            )
        if file.stem == "sample" and key.exists():
            raise ValueError(
                f"{file} has the name of the sample company's answer key, {key};"
                " expected another name"
            )
        yield file.stem, file


def _write(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    names: tuple[str, ...],
    rows: list[tuple],
) -> None:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    filled = pa.table([pa.array(c, pa.string()) for c in columns], names=list(names))
    connection.register("filled", filled)
    connection.execute(
        f"create or replace table labels.{table} as select distinct * from filled"
    )
    connection.unregister("filled")
