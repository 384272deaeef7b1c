"""What is new in the landing, and complete: found by looking again and again."""

import hashlib
from dataclasses import dataclass, field

from ingestion.extracts.shop_postgres import is_extracted
from ingestion.landing import Delivered, Landing
from ingestion.settings import Settings
from ingestion.sources import all_sources


@dataclass
class Watch:
    """What lay in the landing at the last look; a file that lay so twice is complete.

    It lives as long as its process. What must outlive it is one short text, the digest
    of the files that were told of: when a new process finds the same files, none of
    them is news.
    """

    _last: set[int] | None = None
    _told: set[int] = field(default_factory=set)

    def look(self, settings: Settings, cursor: str | None) -> tuple[int, int, str]:
        """Numbers of files that are new and complete, and of those that may grow.

        The third is the cursor for the next look. Raises Unreachable.
        """
        lie = {_mark(delivered) for delivered in _listed(settings)}
        last, self._last = self._last, lie
        if last is None:
            return 0, 0, cursor or _digest(set())
        complete = lie & last
        if _digest(self._told) != cursor:
            self._told = complete if _digest(complete) == cursor else set()
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


def _mark(delivered: Delivered) -> int:
    """A number that is another one when name, size, time or the store's mark is."""
    said = (delivered.name, delivered.size, delivered.modified_at, delivered.etag)
    digest = hashlib.blake2b(repr(said).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _digest(marks: set[int]) -> str:
    """One short text for many files, whatever their order."""
    return f"{len(marks)}:{sum(marks) % 2**64:016x}"
