"""Loads landing files: what is new goes through dlt into raw tables, once."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import duckdb
from dlt.pipeline.exceptions import PipelineStepFailed

from ingestion import ledger
from ingestion.files import counting, profiles, raw
from ingestion.files.account import Account, File, Load, message
from ingestion.files.gone import hold_lacking
from ingestion.files.look import checked, look, read_decisions
from ingestion.files.totals import totals
from ingestion.landing import Landing
from ingestion.settings import Settings
from ingestion.tables import Source


@dataclass(frozen=True)
class Loaded:
    """What one load of a source did, by table, and what a person should know."""

    rows_loaded: dict[str, int]
    rows_quarantined: int
    files_loaded: int
    messages: list[str]
    rows_replayed: int = 0
    rows_read: int = 0


def load_source(
    settings: Settings,
    source: Source,
    as_of: date,
    report: Callable[[str], None] = lambda text: None,
    replay: Mapping[str, int] = MappingProxyType({}),
) -> Loaded:
    """Load every landing file of `source` that the ledger does not know.

    Rows get `_file_id` (hash of the content, unpacked), `_line`, `_load_id` and
    `_loaded_at`. A killed load leaves rows without a ledger entry; the next load
    removes them. Files whose content is in `replay` are read again, and loaded if fewer
    rows fail than the number there.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(settings.incoming, ignore_errors=True)
    try:
        with raw.connect(settings) as connection:
            ledger.prepare(connection)
            started = ledger.next_moment(connection)
            load = Load(
                settings, source, as_of, replay, Landing(settings),
                read_decisions(settings), started.strftime("%Y%m%dT%H%M%S%f"), started,
            )  # fmt: skip
            return _run(load, Account(report), connection)
    finally:
        shutil.rmtree(settings.incoming, ignore_errors=True)


def ensure_ledger(settings: Settings) -> None:
    """Create the ledger's tables in a new warehouse."""
    with duckdb.connect(str(settings.warehouse)) as connection:
        ledger.prepare(connection)


def _run(load: Load, account: Account, connection: duckdb.DuckDBPyConnection) -> Loaded:
    """Look at each file, load what is new, check it, and account for all of it."""
    source = load.source
    known = ledger.read_known(connection, source.name)
    raw.remove_unfinished(connection, source, known)
    raw.create_tables(connection, source)
    account.read_as |= known.read_as
    new = [
        file
        for table in source.tables
        for delivered in load.landing.files(source.name, table.files)
        if (file := look(load, account, connection, table, delivered, known))
    ]
    good: list[File] = []
    while new or (new := _settled(load, account, connection, known)):
        new, done = _load_and_check(load, account, connection, new)
        good += done
    if good:
        good = counting.arrived_whole(load, account, connection, good)
        good = counting.hold_back(load, account, connection, good, known)
        good = hold_lacking(load, account, connection, good, known)
    account.settle_repeats(good, known)
    good = counting.tell_cut(account, good, known)
    account.entries += [file.entry for file in good]
    if account.entries:
        rejects = [(file.entry, r) for file in good for r in file.reading.rejects]
        columns = _profiles(load, connection, good)
        money = [
            total
            for table in dict.fromkeys(file.table for file in good)
            for total in totals(connection, source, table, load.id)
        ]
        beginnings = [(f.entry, *pair) for f in good for pair in f.beginnings]
        ledger.write(connection, account.entries, rejects, columns, money, beginnings)
    if account.replayed:
        known = ledger.read_known(connection, source.name)
        raw.remove_unfinished(connection, source, known)
    by_table = {table.name: 0 for table in source.tables}
    for file in good:
        by_table[file.table.name] += file.entry.rows_loaded
    return Loaded(
        by_table,
        sum(entry.rows_quarantined for entry in account.entries),
        len(good),
        [message(entry) for entry in account.entries if entry.message],
        account.replayed,
        sum(entry.rows_read for entry in account.entries),
    )


def _settled(
    load: Load,
    account: Account,
    connection: duckdb.DuckDBPyConnection,
    known: ledger.Known,
) -> list[File]:
    """Files that wait for what others of their table show, now that all were seen."""
    waiting, account.unclear = account.unclear, []
    settled = [
        checked(load, account, connection, file, known, is_last=True)
        for file in waiting
    ]
    return [file for file in settled if file]


def _load_and_check(
    load: Load,
    account: Account,
    connection: duckdb.DuckDBPyConnection,
    new: list[File],
) -> tuple[list[File], list[File]]:
    """Load files; of those whose draft did not hold, the readings come back."""
    jobs = {
        table.name: raw.incoming_views(
            connection,
            table,
            raw.table_of(load.source, table),
            [file for file in new if file.table == table],
        )
        for table in load.source.tables
    }
    drafts = [file for file in new if file.draft]
    try:
        raw.run_dlt(load.settings, connection, load.source, jobs)
    except PipelineStepFailed:
        if not drafts:
            raise
        # One damaged file fails the whole package: the others are loaded without it.
        for table in load.source.tables:
            connection.execute(
                f"delete from {raw.table_of(load.source, table)} where _load_id = ?",
                [load.id],
            )
        # Where none is damaged by itself, each is read by itself all the same.
        torn = counting.torn(connection, drafts) or drafts
        again = [checked(load, account, connection, file) for file in torn]
        places = {(file.table.name, file.entry.file_id) for file in torn}
        whole = [f for f in new if (f.table.name, f.entry.file_id) not in places]
        return whole + [file for file in again if file], []
    good, again = [file for file in new if file.reading], []
    raw.drop_incoming(connection)
    for table in load.source.tables:
        loaded = [file for file in drafts if file.table == table]
        held, broken = counting.check_drafts(load, connection, table, loaded)
        good += held
        again += [checked(load, account, connection, file) for file in broken]
    return [file for file in again if file], good


def _profiles(
    load: Load, connection: duckdb.DuckDBPyConnection, files: list[File]
) -> list[profiles.ColumnProfile]:
    """What the columns of each table looked like, of those that its files held."""
    held = {table: set() for table in load.source.tables}
    for file in files:
        held[file.table].update(file.reading.column_names)
    return [
        profile
        for table, names in held.items()
        if names
        for profile in profiles.profile(connection, load.source, table, load.id, names)
    ]
