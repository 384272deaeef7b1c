"""What becomes of each file of a load, as the ledger will have it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import attrgetter
from pathlib import Path

from ingestion import ledger
from ingestion.files import readers
from ingestion.files.plain import Plain, Reject
from ingestion.landing import Delivered, Landing
from ingestion.ledger import FileEntry
from ingestion.settings import Settings
from ingestion.tables import Source, Table


@dataclass(frozen=True)
class Load:
    """One load of one source; contents in `replay` are read again.

    `decisions` are what people decided about files, by landing path.
    """

    settings: Settings
    source: Source
    as_of: date
    replay: Mapping[str, int]
    landing: Landing
    decisions: Mapping[str, frozenset[str]]
    id: str
    started: datetime


@dataclass(frozen=True)
class File:
    """A new file: loaded as `draft` and checked then, or checked into `reading`.

    `beginnings` are pairs of contents of which the first begins with the second.
    """

    table: Table
    entry: FileEntry
    delivered: Delivered
    plain: Plain
    seen: readers.Fingerprint
    decisions: frozenset[str]
    draft: readers.Draft | None = None
    reading: readers.Reading | None = None
    beginnings: tuple[tuple[str, str], ...] = ()


@dataclass
class Account:
    """What was noted of a load's files; `replayed` rows pass now and did not before.

    `paths` are of plain files, by content; `lying` is what lies in the landing of what
    was loaded before, by table and content. `unclear` are files that wait for what the
    other files of their table show, which is in `read_as`, by table.
    """

    report: Callable[[str], None]
    entries: list[FileEntry] = field(default_factory=list)
    replayed: int = 0
    paths: dict[str, Path] = field(default_factory=dict)
    lying: dict[str, dict[str, Delivered]] = field(default_factory=dict)
    unclear: list[File] = field(default_factory=list)
    read_as: dict[str, set[str]] = field(default_factory=dict)
    _refused: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def note(self, entry: FileEntry) -> None:
        """Keep an entry for the ledger."""
        self.entries.append(entry)
        if len(self.entries) % 100 == 0:
            self.report(f"{len(self.entries)} files checked")

    def refuse(
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
            self.note(replace(entry, status=status, message=message))

    def settle_repeats(self, good: list[File], known: ledger.Known) -> None:
        """Bytes that came twice in this load share one fate."""
        rows = {(f.table.name, f.entry.file_id): f.entry.rows_read for f in good}
        entries, self.entries = self.entries, []
        for entry in entries:
            content = entry.table_name, entry.file_id
            if entry.status != "repeated":
                self.note(entry)
            elif content in self._refused and content not in rows:
                message, status = self._refused[content]
                self.refuse(uncounted(entry), message, known, status)
            else:
                count = rows.get(content, entry.rows_read)
                self.note(replace(entry, rows_read=count, rows_repeated=count))


def counted(
    file: File, blank: int = 0, bad: Sequence[Reject] = (), steps: Sequence[str] = ()
) -> File:
    """A file whose draft held, but for `blank` rows and the `bad` ones."""
    draft = file.draft
    if draft.shape.is_csv and draft.skipped:
        line_of = readers.lines_beside(draft.skipped)
        bad = [replace(reject, line=line_of(reject.line)) for reject in bad]
    skipped = [r for r in draft.skipped if not readers.is_footer(r, file.table)]
    rows = draft.expected - blank
    reading = readers.Reading(
        "", draft.column_names, rows + len(skipped), rows - len(bad),
        sorted([*skipped, *bad], key=attrgetter("line")),
        (*file.plain.steps, *steps),
    )  # fmt: skip
    return loaded(file, reading)


def loaded(file: File, reading: readers.Reading) -> File:
    """The file with what was found in it, as the ledger will have it."""
    entry = replace(
        file.entry, status="loaded", message=_advice(reading),
        rows_read=reading.rows_read, rows_loaded=reading.rows_loaded,
        rows_quarantined=len(reading.rejects), read_as=", ".join(reading.steps),
    )  # fmt: skip
    return replace(file, entry=entry, draft=None, reading=reading)


def uncounted(entry: FileEntry) -> FileEntry:
    """The entry of a file of which no row counts."""
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


def message(entry: FileEntry) -> str:
    """What a person should know of a file."""
    verb = "refused: " if entry.status == "refused" else ""
    return f"{entry.path}: {verb}{entry.message}"
