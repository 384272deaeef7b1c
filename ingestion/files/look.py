"""Finds the files of a source that the ledger does not know, and what is in them."""

import csv
import hashlib
import shutil
from dataclasses import replace

import duckdb

from ingestion import ledger
from ingestion.files import readers
from ingestion.files.account import Account, File, Load, loaded
from ingestion.files.dialects import DECISIONS
from ingestion.files.numbers import Undecided
from ingestion.files.plain import Refused
from ingestion.found import NoFile, is_written
from ingestion.landing import Delivered
from ingestion.ledger import FileEntry
from ingestion.settings import Settings
from ingestion.tables import Table


def look(
    load: Load,
    account: Account,
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    delivered: Delivered,
    known: ledger.Known,
) -> File | None:
    """A file to load; None where it is known, or noted as repeated or refused."""
    place = (load.source.name, table.name)
    before = known.by_path.get((*place, delivered.name))
    is_read_anew = before is not None and before.file_id in load.replay
    if before and not is_read_anew and before.is_settled(delivered):
        return None
    entry = FileEntry(
        "unreadable", *place, delivered.name, "refused", None, delivered.size,
        delivered.modified_at, 0, 0, 0, 0, load.id, load.started,
        load.as_of.isoformat(), table.delivery, "",
    )  # fmt: skip
    copies = (
        load.settings.incoming / hashlib.sha256(delivered.name.encode()).hexdigest()
    )
    try:
        path = load.landing.fetch(delivered)
        has_quotes = table.format == "csv"
        try:
            plain = readers.unpack(path, table, copies)
        except Refused:
            # Nothing came out of it: the bytes as they are tell it from another file.
            entry = replace(entry, file_id=readers.fingerprint(path).file_id)
            raise
        seen = readers.fingerprint(plain.path, has_quotes)
        entry = replace(entry, file_id=seen.file_id)
        repeated = known.loaded.get((*place, entry.file_id), -1)
        if repeated >= 0 and not is_read_anew:
            account.note(
                replace(
                    entry, status="repeated", rows_read=repeated,
                    rows_repeated=repeated,
                )
            )  # fmt: skip
            load.landing.forget(delivered)
            shutil.rmtree(copies, ignore_errors=True)
            return None
        file = File(
            table, entry, delivered, plain, seen,
            load.decisions.get(delivered.name, frozenset()),
        )  # fmt: skip
        draft = None
        is_new = before is None or (before.status == "loaded" and not is_read_anew)
        if is_new and not file.decisions:
            draft = readers.draft(connection, plain, table, seen)
        if draft is None:
            return checked(load, account, connection, file, known)
    except OSError as error:
        why = error.strerror or error
        account.refuse(
            entry, f"cannot be read: {why}; put a readable file in its place", known
        )
    except NoFile as error:
        cure = "expected a file: put one in its place, or remove it"
        account.refuse(entry, f"{error}; {cure}", known)
    except UnicodeEncodeError:
        account.refuse(entry, "its name is not UTF-8; rename the file", known)
    except Refused as error:
        account.refuse(entry, str(error), known)
    else:
        known.loaded[*place, entry.file_id] = draft.expected
        return replace(file, draft=draft)
    return None


def checked(
    load: Load,
    account: Account,
    connection: duckdb.DuckDBPyConnection,
    file: File,
    known: ledger.Known | None = None,
) -> File | None:
    """The file with every row of it checked, or None where it is refused."""
    entry = file.entry

    def read(decisions: frozenset[str]) -> readers.Reading:
        return readers.read(
            connection, file.plain, file.table, file.seen,
            load.settings.incoming / entry.file_id, decisions,
        )  # fmt: skip

    try:
        try:
            reading = read(file.decisions)
        except Undecided:
            if not ledger.is_comma_usual(connection, load.source.name, file.table.name):
                raise
            reading = read(file.decisions | {"decimal_comma"})
            steps = (*reading.steps, "as in the files before")
            reading = replace(reading, steps=steps)
    except Refused as error:
        account.refuse(entry, str(error), known)
        return None
    if entry.file_id in load.replay:
        gained = load.replay[entry.file_id] - len(reading.rejects)
        if gained <= 0:
            return None
        account.replayed += gained
    if reading.rejects and not reading.rows_loaded:
        first = reading.rejects[0]
        every = (
            f"none of its {reading.rows_read:,} rows can"
            if (reading.rows_read > 1)
            else "its only row cannot"
        )
        account.refuse(
            entry,
            f"{every} be used; the first: line {first.line}: {first.error}. If it is"
            " another export, move it to that one's folder",
            known,
        )
        return None
    if known is not None:
        place = (entry.source_name, entry.table_name, entry.file_id)
        known.loaded[place] = reading.rows_read
    return loaded(file, reading)


def read_decisions(settings: Settings) -> dict[str, frozenset[str]]:
    """Decisions by landing path: `path,decision` and any other columns.

    Raises ValueError where a decision is none that is known, or the file is none.
    """
    path = settings.decisions / "files.csv"
    if not is_written(path):
        return {}
    known = ("accept_smaller", "accept_missing", *DECISIONS)
    found: dict[str, frozenset[str]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            rows = csv.DictReader(file.read().splitlines(keepends=True))
        except UnicodeDecodeError:
            raise ValueError(f"{path}: expected a CSV file in UTF-8") from None
        for row in rows:
            name, decision = (
                (row.get(key) or "").strip() for key in ("path", "decision")
            )
            if not name or decision not in known:
                raise ValueError(
                    f"{path} line {rows.line_num}: expected a path and one of"
                    f" {', '.join(known)}; found {name!r}, {decision!r}"
                )
            found[name] = found.get(name, frozenset()) | {decision}
    return found
