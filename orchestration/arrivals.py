"""What is new in the landing, and complete: found by looking again and again."""

import hashlib
from dataclasses import dataclass, field

import duckdb

from ingestion.extracts.shop_postgres import is_extracted
from ingestion.landing import Delivered, Landing
from ingestion.settings import Settings
from ingestion.sources import all_sources
from orchestration.published import newest_night, version_of


@dataclass
class Watch:
    """What lay in the landing at the last look; a file that lay so twice is complete.

    It lives as long as its process. What must outlive it is one short text, the digest
    of the files that were told of: when a new process finds the same files, none of
    them is news. Else those are none that the newest night looked at.
    """

    _last: set[int] | None = None
    _told: set[int] = field(default_factory=set)

    def look(self, settings: Settings, cursor: str | None) -> tuple[int, int, str]:
        """Numbers of files that are new and complete, and of those that may grow.

        The third is the cursor for the next look. Raises Unreachable.
        """
        listed = _listed(settings)
        lie = {_mark(delivered) for delivered in listed}
        last, self._last = self._last, lie
        if last is None:
            if cursor is None:
                self._told = _looked_at(settings, listed)
            return 0, 0, cursor or _digest(self._told)
        complete = lie & last
        if _digest(self._told) != cursor:
            is_known = _digest(complete) == cursor
            self._told = complete if is_known else _looked_at(settings, listed)
        news = complete - self._told
        self._told = (self._told | news) & lie
        return len(news), len(lie - complete - self._told), _digest(self._told)


def _listed(settings: Settings) -> list[Delivered]:
    """What others delivered: what a night itself extracts would ask for the next."""
    landing = Landing(settings)
    return [
        delivered
        for source in all_sources()
        for table in source.tables
        for delivered in landing.files(source.name, table.files)
        if not is_extracted(delivered.name)
    ]


def _looked_at(settings: Settings, listed: list[Delivered]) -> set[int]:
    """Those that the newest night looked at: they are no news to a new process."""
    newest = newest_night(settings)
    if newest is None:
        return set()
    marts = version_of(settings, newest) / "marts.duckdb"
    with duckdb.connect(str(marts), read_only=True) as connection:
        known = set(
            connection.execute(
                "select path, size_bytes, date_trunc('second', delivered_at)"
                " from quality.files"
            ).fetchall()
        )

    def is_known(delivered: Delivered) -> bool:
        at = delivered.modified_at.replace(microsecond=0)
        return (delivered.name, delivered.size, at) in known

    return {_mark(delivered) for delivered in filter(is_known, listed)}


def _mark(delivered: Delivered) -> int:
    """A number that is another one when name, size, time or the store's mark is."""
    said = (delivered.name, delivered.size, delivered.modified_at, delivered.etag)
    digest = hashlib.blake2b(repr(said).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _digest(marks: set[int]) -> str:
    """One short text for many files, whatever their order."""
    return f"{len(marks)}:{sum(marks) % 2**64:016x}"
