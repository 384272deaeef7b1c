"""Finds the files of a source that the ledger does not know, and what is in them."""

import csv
import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb

from ingestion import ledger
from ingestion.files import readers
from ingestion.files.account import Account, File, Load, loaded
from ingestion.files.assumed import assumed
from ingestion.files.dialects import DECISIONS
from ingestion.files.growth import Contents, begins_with
from ingestion.files.numbers import Undecided
from ingestion.files.plain import Refused, Unclear
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
        contents = None
        if table.may_grow and not plain.is_parquet:
            contents = known.contents.setdefault(table.name, Contents())
        seen = readers.fingerprint(plain.path, has_quotes, contents)
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
        if contents is not None:
            file = _compared(load, account, file, contents, known)
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


def _compared(
    load: Load,
    account: Account,
    file: File,
    contents: Contents,
    known: ledger.Known,
) -> File:
    """The file, with what the ledger needs to tell what it has grown from, or into."""
    content = file.seen.content
    pairs = [(content.file_id, shorter) for shorter in file.seen.begins_with]
    for longer in contents.longer(content):
        path = account.paths.get(longer.file_id) or _unpacked(
            load, account, file.table, longer.file_id, known
        )
        if path and begins_with(path, content):
            pairs.append((longer.file_id, content.file_id))
    contents.add(content)
    account.paths[content.file_id] = file.plain.path
    entry = replace(
        file.entry, content_bytes=content.size, heads=" ".join(content.heads)
    )
    return replace(file, entry=entry, beginnings=tuple(pairs))


def _unpacked(
    load: Load, account: Account, table: Table, file_id: str, known: ledger.Known
) -> Path | None:
    """A content that was loaded before, where it lies in the landing still."""
    if table.name not in account.lying:
        account.lying[table.name] = {
            before.file_id: delivered
            for delivered in load.landing.files(load.source.name, table.files)
            if (
                before := known.by_path.get(
                    (load.source.name, table.name, delivered.name)
                )
            )
        }
    delivered = account.lying[table.name].get(file_id)
    try:
        if delivered is None:
            return None
        path = load.landing.fetch(delivered)
        path = readers.unpack(path, table, load.settings.incoming / file_id).path
    except (OSError, NoFile, Refused):
        # It is no longer what it was: then nothing stands there that begins so.
        return None
    account.paths[file_id] = path
    return path


def checked(
    load: Load,
    account: Account,
    connection: duckdb.DuckDBPyConnection,
    file: File,
    known: ledger.Known | None = None,
    is_last: bool = False,
) -> File | None:
    """The file with every row of it checked, or None where it is refused.

    Where its values can be read in two ways, it waits for what the other files of its
    table show, unless it is the last time that it is looked at.
    """
    entry = file.entry

    def read(decisions: frozenset[str]) -> readers.Reading:
        return readers.read(
            connection, file.plain, file.table, file.seen,
            load.settings.incoming / entry.file_id, decisions,
            assumed(
                entry.path, file.table, load.decisions,
                account.read_as.get(file.table.name, ()), is_last,
            ),
        )  # fmt: skip

    try:
        try:
            reading = read(file.decisions)
        except Undecided:
            if not is_last or not ledger.is_comma_usual(
                connection, load.source.name, file.table.name
            ):
                raise
            reading = read(file.decisions | {"decimal_comma"})
            steps = (*reading.steps, "as in the files before")
            reading = replace(reading, steps=steps)
    except Unclear as error:
        if is_last:
            account.refuse(entry, str(error), known)
        else:
            account.unclear.append(file)
        return None
    except Refused as error:
        account.refuse(entry, str(error), known)
        return None
    if entry.file_id in load.replay:
        gained = load.replay[entry.file_id] - len(reading.rejects)
        if gained <= 0:
            return None
        account.replayed += gained
    if reading.is_useless:
        first = reading.rejects[0]
        every = (
            f"none of its {reading.rows_read:,} rows can"
            if reading.rows_read > 1
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
    account.read_as.setdefault(file.table.name, set()).add(", ".join(reading.steps))
    return loaded(file, reading)


def read_decisions(settings: Settings) -> dict[str, frozenset[str]]:
    """Decisions by landing path: `path,decision` and any other columns.

    The path may be a folder's: of a table, `<source>/<table>`, or of a source.

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
            name = name.removesuffix("*").rstrip("/")
            if decision == "accept_smaller" and name.count("/") < 2:
                raise ValueError(
                    f"{path} line {rows.line_num}: accept_smaller is for one file;"
                    f" expected its path, found {name!r}"
                )
            found[name] = found.get(name, frozenset()) | {decision}
    return found
