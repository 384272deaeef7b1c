"""Loads landing files: what is new goes through dlt into raw tables, once."""

import csv
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from types import MappingProxyType

import dlt
import duckdb
from dlt.pipeline.exceptions import PipelineStepFailed

from ingestion import ledger, profiles, readers
from ingestion.dialects import DECISIONS
from ingestion.landing import Delivered, Landing
from ingestion.ledger import FileEntry
from ingestion.plain import Plain, Refused
from ingestion.settings import Settings
from ingestion.sql import identifier
from ingestion.tables import Source, Table

_INCOMING = "incoming"
_FILES_PER_JOB = 200
_MANY_COLUMNS = 100
# Checking takes memory for every file of a job, at once.
_CHECKED_FILES_PER_JOB = 25
# A full export that holds less than this share of the one before is held back.
_SMALLEST_SHARE = 0.7
_CHANGED = (
    "it changed while it was read, and none of it counts: the next run takes it when"
    " it is complete"
)


@dataclass(frozen=True)
class Loaded:
    """What one load of a source did, by table, and what a person should know."""

    rows_loaded: dict[str, int]
    rows_quarantined: int
    files_loaded: int
    messages: list[str]
    rows_replayed: int = 0


@dataclass(frozen=True)
class _File:
    """A new file: loaded as `draft` and checked then, or checked into `reading`."""

    table: Table
    entry: FileEntry
    delivered: Delivered
    plain: Plain
    seen: readers.Fingerprint
    decisions: frozenset[str]
    draft: readers.Draft | None = None
    reading: readers.Reading | None = None


@dataclass(frozen=True)
class _Jobs:
    names: list[str]
    selects: list[str]


def load_source(
    settings: Settings,
    source: Source,
    as_of: date,
    report: Callable[[str], None] = lambda text: None,
    replay: Mapping[str, int] = MappingProxyType({}),
) -> Loaded:
    """Load every landing file of `source` that the ledger does not know.

    Rows get `_file_id` (hash of the file's bytes), `_line`, `_load_id`, `_loaded_at`.
    A killed load leaves rows without a ledger entry; the next load removes them. Files
    whose content is in `replay` are read again, and loaded if fewer rows fail than the
    number there.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(settings.incoming, ignore_errors=True)
    load = _Load(settings, source, as_of, report, replay)
    try:
        return load.run()
    finally:
        shutil.rmtree(settings.incoming, ignore_errors=True)


def ensure_ledger(settings: Settings) -> None:
    """Create the ledger's tables in a new warehouse."""
    with duckdb.connect(str(settings.warehouse)) as connection:
        is_complete = ledger.is_complete(connection)
    if not is_complete:
        ledger.write(settings, [], [], [])


class _Load:
    """One load of one source: its files, what became of them, and its id."""

    def __init__(self, settings, source, as_of, report, replay) -> None:
        self._settings: Settings = settings
        self._source: Source = source
        self._as_of: date = as_of
        self._report = report
        self._replay: Mapping[str, int] = replay
        self._replayed = 0
        self._landing = Landing(settings)
        self._decisions = _read_decisions(settings)
        self._started = datetime.now(UTC).replace(tzinfo=None)
        self._id = self._started.strftime("%Y%m%dT%H%M%S%f")
        self._entries: list[FileEntry] = []
        self._refused: dict[tuple[str, str], tuple[str, str]] = {}

    def run(self) -> Loaded:
        with self._connect() as connection:
            known = ledger.read_known(connection, self._source.name)
            self._remove_unfinished(connection, known)
            _create_tables(connection, self._source)
            new = [
                file
                for table in self._source.tables
                for delivered in self._landing.files(self._source.name, table.files)
                if (file := self._look(connection, table, delivered, known))
            ]
        good: list[_File] = []
        while new:
            new, done = self._load_and_check(new)
            good += done
        if good:
            with self._connect() as connection:
                good = self._hold_back(
                    connection, self._unchanged(connection, good), known
                )
        self._settle_repeats(good, known)
        rejects = [(file.entry, r) for file in good for r in file.reading.rejects]
        self._entries += [file.entry for file in good]
        if self._entries:
            found = self._profiles(good)
            ledger.write(self._settings, self._entries, rejects, found)
        if self._replayed:
            with self._connect() as connection:
                known = ledger.read_known(connection, self._source.name)
                self._remove_unfinished(connection, known)
        by_table = {table.name: 0 for table in self._source.tables}
        for file in good:
            by_table[file.table.name] += file.entry.rows_loaded
        return Loaded(
            by_table,
            sum(entry.rows_quarantined for entry in self._entries),
            len(good),
            [_message(entry) for entry in self._entries if entry.message],
            self._replayed,
        )

    def _connect(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(str(self._settings.warehouse))
        limit = self._settings.load_memory_limit
        connection.execute(f"set memory_limit = '{limit}'")
        connection.execute(f"set threads = {self._settings.threads}")
        connection.execute("set enable_progress_bar = false")
        return connection

    def _remove_unfinished(
        self, connection: duckdb.DuckDBPyConnection, known: ledger.Known
    ) -> None:
        """Delete rows of loads that never reached the ledger, or that were replayed."""
        connection.execute(f"drop schema if exists {_INCOMING} cascade")
        for table in self._source.tables:
            if ledger.columns_of(connection, f"raw_{self._source.name}", table.name):
                connection.execute(
                    f"delete from {self._raw(table)}"
                    " where _load_id not in (select unnest(cast(? as varchar[])))",
                    [sorted(known.load_ids)],
                )
        for (name, file_id), load_id in known.replayed.items():
            connection.execute(
                f"delete from raw_{self._source.name}.{name}"
                " where _file_id = ? and _load_id <> ?",
                [file_id, load_id],
            )

    def _raw(self, table: Table) -> str:
        return f"raw_{self._source.name}.{table.name}"

    def _look(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: Table,
        delivered: Delivered,
        known: ledger.Known,
    ) -> _File | None:
        """A file to load; None where it is known, or noted as repeated or refused."""
        place = (self._source.name, table.name)
        before = known.by_path.get((*place, delivered.name))
        is_read_anew = before is not None and before.file_id in self._replay
        if before and not is_read_anew and before.is_settled(delivered):
            return None
        entry = FileEntry(
            "unreadable", *place, delivered.name, "refused", None, delivered.size,
            delivered.modified_at, 0, 0, 0, 0, self._id, self._started,
            self._as_of.isoformat(), table.delivery, "",
        )  # fmt: skip
        try:
            path = self._landing.fetch(delivered)
            has_quotes = table.format == "csv"
            delivered_bytes = readers.fingerprint(path, has_quotes)
            entry = replace(entry, file_id=delivered_bytes.file_id)
            repeated = known.loaded.get((*place, entry.file_id), -1)
            if repeated >= 0 and not is_read_anew:
                self._note(
                    replace(
                        entry, status="repeated", rows_read=repeated,
                        rows_repeated=repeated,
                    )
                )  # fmt: skip
                return None
            folder = self._settings.incoming / entry.file_id
            plain = readers.unpack(path, table, folder)
            seen = delivered_bytes
            if plain.path != path:
                seen = readers.fingerprint(plain.path, has_quotes)
            file = _File(
                table, entry, delivered, plain, seen,
                self._decisions.get(delivered.name, frozenset()),
            )  # fmt: skip
            draft = None
            is_new = before is None or (before.status == "loaded" and not is_read_anew)
            if is_new and not file.decisions:
                draft = readers.draft(connection, plain, table, seen)
            if draft is None:
                return self._checked(connection, file, known)
        except OSError as error:
            why = error.strerror or error
            self._refuse(
                entry, f"cannot be read: {why}; put a readable file in its place", known
            )
        except UnicodeEncodeError:
            self._refuse(entry, "its name is not UTF-8; rename the file", known)
        except Refused as error:
            self._refuse(entry, str(error), known)
        else:
            known.loaded[*place, entry.file_id] = draft.expected
            return replace(file, draft=draft)
        return None

    def _note(self, entry: FileEntry) -> None:
        self._entries.append(entry)
        if len(self._entries) % 100 == 0:
            self._report(f"{len(self._entries)} files checked")

    def _refuse(
        self,
        entry: FileEntry,
        message: str,
        known: ledger.Known | None = None,
        status: str = "refused",
    ) -> None:
        """Note why a file does not count, unless the same was said of it before."""
        place = (entry.source_name, entry.table_name, entry.path)
        self._refused[entry.table_name, entry.file_id] = message, status
        before = known.by_path.get(place) if known else None
        if before is None or (before.file_id, before.status) != (entry.file_id, status):
            self._note(replace(entry, status=status, message=message))

    def _checked(
        self,
        connection: duckdb.DuckDBPyConnection,
        file: _File,
        known: ledger.Known | None = None,
    ) -> _File | None:
        """The file with every row of it checked, or None where it is refused."""
        entry = file.entry
        try:
            reading = readers.read(
                connection, file.plain, file.table, file.seen,
                self._settings.incoming / entry.file_id, file.decisions,
            )  # fmt: skip
        except Refused as error:
            self._refuse(entry, str(error), known)
            return None
        if entry.file_id in self._replay:
            gained = self._replay[entry.file_id] - len(reading.rejects)
            if gained <= 0:
                return None
            self._replayed += gained
        if known is not None:
            place = (entry.source_name, entry.table_name, entry.file_id)
            known.loaded[place] = reading.rows_read
        return _loaded(file, reading)

    def _load_and_check(self, new: list[_File]) -> tuple[list[_File], list[_File]]:
        """Load files; of those whose draft did not hold, the readings come back."""
        with self._connect() as connection:
            jobs = {
                table.name: _incoming_views(
                    connection,
                    table,
                    self._raw(table),
                    [file for file in new if file.table == table],
                )
                for table in self._source.tables
            }
        drafts = [file for file in new if file.draft]
        try:
            _run_dlt(self._settings, self._source, jobs)
        except PipelineStepFailed:
            if not drafts:
                raise
            # One damaged file fails the whole package: each is looked at by itself.
            with self._connect() as connection:
                for table in self._source.tables:
                    connection.execute(
                        f"delete from {self._raw(table)} where _load_id = ?", [self._id]
                    )
                checked = [self._checked(connection, file) for file in drafts]
            return [f for f in new if f.reading] + [f for f in checked if f], []
        good, again = [file for file in new if file.reading], []
        with self._connect() as connection:
            connection.execute(f"drop schema if exists {_INCOMING} cascade")
            for table in self._source.tables:
                loaded = [file for file in drafts if file.table == table]
                held, broken = self._check_drafts(connection, table, loaded)
                good += held
                again += [self._checked(connection, file) for file in broken]
        return [file for file in again if file], good

    def _check_drafts(
        self, connection: duckdb.DuckDBPyConnection, table: Table, files: list[_File]
    ) -> tuple[list[_File], list[_File]]:
        """Files of a table whose rows all arrived and hold; the others, taken out."""
        if not files:
            return [], []
        raw = self._raw(table)
        names = ledger.columns_of(connection, f"raw_{self._source.name}", table.name)
        found = {
            file_id: (count, failing, first)
            for file_id, count, failing, first in connection.execute(
                "select _file_id, count(*),"
                f" count(*) filter ({readers.failing_rows(table, names)}), min(rowid)"
                f" from {raw} where _load_id = ? and _line is null group by _file_id",
                [self._id],
            ).fetchall()
        }
        good, broken, offsets = [], [], []
        for file in files:
            count, failing, first = found.get(file.entry.file_id, (0, 0, 0))
            if (count, failing) == (file.draft.expected, 0):
                good.append(file)
                offsets.append(file.draft.first_line - first)
            else:
                broken.append(file)
        # Rows stand in the table in the order of the file, until some are deleted.
        connection.execute(
            f"update {raw} as raw set _line = raw.rowid + lines.start from (select"
            " unnest(cast($2 as varchar[])) as id, unnest(cast($3 as bigint[])) as"
            " start) as lines where _file_id = id and _load_id = $1 and _line is null",
            [self._id, [file.entry.file_id for file in good], offsets],
        )
        if broken:
            connection.execute(
                f"delete from {raw} where _load_id = ?"
                " and _file_id in (select unnest(cast(? as varchar[])))",
                [self._id, [file.entry.file_id for file in broken]],
            )
        return [_counted(file) for file in good], broken

    def _unchanged(
        self, connection: duckdb.DuckDBPyConnection, files: list[_File]
    ) -> list[_File]:
        """Files that are what they were when they were listed, and arrived whole."""
        good = []
        arrived = {}
        for table in self._source.tables:
            arrived |= {
                (table.name, file_id): count
                for file_id, count in connection.execute(
                    f"select _file_id, count(*) from {self._raw(table)}"
                    " where _load_id = ? group by _file_id",
                    [self._id],
                ).fetchall()
            }
        for file in files:
            count = arrived.get((file.table.name, file.entry.file_id), 0)
            if not self._landing.is_unchanged(file.delivered):
                self._take_out(connection, file)
                self._refuse(_uncounted(file.entry), _CHANGED)
            elif count != file.entry.rows_loaded:
                raise RuntimeError(
                    f"{file.entry.path}: {file.entry.rows_loaded} rows were checked and"
                    f" {count} arrived. Nothing of this load counts: run again"
                )
            else:
                good.append(file)
        return good

    def _hold_back(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: list[_File],
        known: ledger.Known,
    ) -> list[_File]:
        """Leave out full exports that lost so many rows that they cannot be whole."""
        good = []
        for table in self._source.tables:
            mine = [file for file in files if file.table == table]
            before = known.full_rows.get(table.name, 0)
            now = sum(file.entry.rows_loaded for file in mine)
            is_accepted = any("accept_smaller" in file.decisions for file in mine)
            if (
                table.delivery == "incremental"
                or is_accepted
                or now >= _SMALLEST_SHARE * before
            ):
                good += mine
                continue
            for file in mine:
                self._take_out(connection, file)
                self._refuse(
                    _uncounted(file.entry),
                    f"held back: this full export of `{table.name}` has {now:,} rows,"
                    f" the one before had {before:,}; what was there goes on counting."
                    " If it is right, add a line with the file's path and"
                    " accept_smaller to decisions/files.csv",
                    known,
                    status="held",
                )
        return good

    def _settle_repeats(self, good: list[_File], known: ledger.Known) -> None:
        """Bytes that came twice in this load share one fate."""
        rows = {(f.table.name, f.entry.file_id): f.entry.rows_read for f in good}
        entries, self._entries = self._entries, []
        for entry in entries:
            content = entry.table_name, entry.file_id
            if entry.status != "repeated":
                self._note(entry)
            elif content in self._refused and content not in rows:
                message, status = self._refused[content]
                self._refuse(_uncounted(entry), message, known, status)
            else:
                count = rows.get(content, entry.rows_read)
                self._note(replace(entry, rows_read=count, rows_repeated=count))

    def _take_out(self, connection: duckdb.DuckDBPyConnection, file: _File) -> None:
        connection.execute(
            f"delete from {self._raw(file.table)} where _load_id = ? and _file_id = ?",
            [self._id, file.entry.file_id],
        )

    def _profiles(self, files: list[_File]) -> list[profiles.ColumnProfile]:
        """What the columns of each table looked like, of those that its files held."""
        held = {table: set() for table in self._source.tables}
        for file in files:
            held[file.table].update(file.reading.column_names)
        with self._connect() as connection:
            return [
                profile
                for table, names in held.items()
                if names
                for profile in profiles.profile(
                    connection, self._source, table, self._id, names
                )
            ]


def _counted(file: _File) -> _File:
    """A file whose draft held: every row it has was loaded."""
    count, names = file.draft.expected, file.draft.column_names
    return _loaded(file, readers.Reading("", names, count, count, [], file.plain.steps))


def _loaded(file: _File, reading: readers.Reading) -> _File:
    """The file with what was found in it, as the ledger will have it."""
    entry = replace(
        file.entry, status="loaded", message=_advice(reading),
        rows_read=reading.rows_read, rows_loaded=reading.rows_loaded,
        rows_quarantined=len(reading.rejects), read_as=", ".join(reading.steps),
    )  # fmt: skip
    return replace(file, entry=entry, draft=None, reading=reading)


def _uncounted(entry: FileEntry) -> FileEntry:
    return replace(
        entry, rows_read=0, rows_loaded=0, rows_quarantined=0, rows_repeated=0
    )


def _advice(reading: readers.Reading) -> str | None:
    if reading.rows_read == 0:
        return "has headings but no rows; check the export's filter"
    if not reading.rejects:
        return None
    first = reading.rejects[0]
    share = f"{len(reading.rejects)} of {reading.rows_read} rows quarantined"
    return f"{share}; the first: line {first.line}: {first.error}"


def _message(entry: FileEntry) -> str:
    verb = "refused: " if entry.status == "refused" else ""
    return f"{entry.path}: {verb}{entry.message}"


def _read_decisions(settings: Settings) -> dict[str, frozenset[str]]:
    """Decisions by landing path: `path,decision` and any other columns.

    Raises ValueError where a decision is none that is known.
    """
    path = settings.decisions / "files.csv"
    if not path.exists():
        return {}
    known = ("accept_smaller", *DECISIONS)
    found: dict[str, frozenset[str]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
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


def _create_tables(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Every declared table and column exists, though no file has brought it yet."""
    connection.execute(f"create schema if not exists raw_{source.name}")
    fixed = {"_file_id": "varchar", "_load_id": "varchar", "_line": "bigint"}
    fixed |= {"_loaded_at": "timestamp", "_dlt_load_id": "varchar"}
    for table in source.tables:
        held = ledger.columns_of(connection, f"raw_{source.name}", table.name)
        columns = dict.fromkeys(table.column_names, "varchar") | fixed
        if not held:
            listed = ", ".join(f"{identifier(n)} {kind}" for n, kind in columns.items())
            connection.execute(
                f"create table raw_{source.name}.{table.name} ({listed})"
            )
            continue
        for name in [name for name in columns if name not in held]:
            connection.execute(
                f"alter table raw_{source.name}.{table.name}"
                f" add column {identifier(name)} {columns[name]}"
            )


def _incoming_views(
    connection: duckdb.DuckDBPyConnection, table: Table, raw: str, files: list[_File]
) -> _Jobs:
    """Views over the new files, one a load job: the SQL that dlt inserts from."""
    connection.execute(f"create schema if not exists {_INCOMING}")
    extra = {n for f in files for n in (f.draft or f.reading).column_names}
    names = table.column_names + sorted(extra - set(table.column_names))
    _widen(connection, raw, names)
    selects = []
    for job in _in_jobs(files):
        branches = [_branch(names, file) for file in job]
        view = f"{_INCOMING}.{table.name}_{len(selects)}"
        connection.execute(
            f"create or replace view {view} as {' union all '.join(branches)}"
        )
        columns = ", ".join(
            f"{identifier(name)} as {identifier(name)}"
            for name in [*names, "_file_id", "_line", "_load_id", "_loaded_at"]
        )
        selects.append(f"select {columns} from {view}")
    return _Jobs(names, selects)


def _widen(connection: duckdb.DuckDBPyConnection, raw: str, names: list[str]) -> None:
    """Add columns at once where they are many: one by one takes gigabytes."""
    schema, _, table = raw.partition(".")
    held = ledger.columns_of(connection, schema, table)
    new = [name for name in names if name not in held]
    if len(new) > _MANY_COLUMNS:
        nulls = ", ".join(f"cast(null as varchar) as {identifier(n)}" for n in new)
        connection.execute(
            f"create or replace table {raw} as select *, {nulls} from {raw}"
        )


def _in_jobs(files: list[_File]) -> Iterator[list[_File]]:
    for is_draft, size in ((True, _FILES_PER_JOB), (False, _CHECKED_FILES_PER_JOB)):
        some = [file for file in files if (file.draft is not None) == is_draft]
        for start in range(0, len(some), size):
            yield some[start : start + size]


def _branch(names: Iterable[str], file: _File) -> str:
    source = file.draft or file.reading
    held = set(source.column_names)
    columns = ", ".join(
        identifier(n) if n in held else f"cast(null as varchar) as {identifier(n)}"
        for n in names
    )
    entry = file.entry
    return (
        f"select {columns}, '{entry.file_id}' as _file_id, _line,"
        f" '{entry.load_id}' as _load_id, timestamp '{entry.loaded_at}' as _loaded_at"
        f" from ({source.select})"
    )


def _run_dlt(settings: Settings, source: Source, jobs: dict[str, _Jobs]) -> None:
    pipeline = ledger.pipeline(settings, source.name)
    dataset = pipeline.dataset()

    def resource(table: Table):
        def models():
            for select in jobs[table.name].selects:
                # The view is not in dlt's schema, so dlt must not bind its columns.
                yield dataset(select, "duckdb", _execute_raw_query=True)

        kinds = dict.fromkeys([*jobs[table.name].names, "_file_id", "_load_id"], "text")
        kinds |= {"_line": "bigint", "_loaded_at": "timestamp"}
        columns = {
            name: {"data_type": kind, "nullable": True, "timezone": False}
            for name, kind in kinds.items()
        }
        return dlt.resource(
            models, name=table.name, columns=columns, write_disposition="append"
        )

    pipeline.run(
        [resource(table) for table in source.tables if jobs[table.name].selects]
    )
