"""Which contents begin with which others: a log that has grown, whatever its name."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from pathlib import Path

import numpy as np

_CHUNK = 1 << 22
_ID, _HEAD = 32, 16  # hexadecimal digits


@dataclass(frozen=True)
class Content:
    """Unpacked bytes of a file: their hash, their number, and hashes of beginnings.

    `heads` are of the first 1, 2, 4, 8 … lines, as far as there are so many. Whoever
    begins with it has the last of them too, so that only what shares half the lines of
    a content is compared with it: headings in common bring no two files together.
    """

    file_id: str
    size: int
    heads: tuple[str, ...] = ()


@dataclass
class Contents:
    """Those of a table that are known, found by what they begin with."""

    _by_last_head: dict[str, list[Content]] = field(default_factory=dict)
    _by_head: dict[str, list[Content]] = field(default_factory=dict)

    def add(self, content: Content) -> None:
        """Compare what comes from now on with this too."""
        last = content.heads[-1] if content.heads else ""
        self._by_last_head.setdefault(last, []).append(content)
        for head in content.heads:
            self._by_head.setdefault(head, []).append(content)

    def shorter(self, head: str) -> Iterable[Content]:
        """Those of which `head` is the last: less than twice as many lines."""
        return self._by_last_head.get(head, ())

    def longer(self, content: Content) -> list[Content]:
        """Those that may begin with all of `content`: with half of it, surely."""
        if not content.heads:
            return []
        alike = self._by_head.get(content.heads[-1], ())
        return [other for other in alike if other.size > content.size]


class Hashing:
    """The hash of bytes that come in pieces, and which known contents they begin with.

    The bytes are gone through once: where a known content would end, the hash so far is
    compared with that of the content.
    """

    def __init__(self, known: Contents | None = None) -> None:
        """Without `known`, only the hash of all bytes is made."""
        self._known = known
        self._digest = hashlib.sha256()
        self._size = self._lines = 0
        self._next_head = 1
        self._heads: list[str] = []
        self._ends: list[int] = []
        self._wanted: dict[int, set[str]] = {}
        self._found: list[str] = []
        if known is not None:
            self._expect(known.shorter(""))

    def update(self, piece: bytes) -> int:
        """Take the bytes that follow; how many lines end in them."""
        lines, rest = piece.count(b"\n"), memoryview(piece)
        if self._known is not None:
            for end in self._heads_in(piece, lines):
                start = len(piece) - len(rest)
                self._take(rest[: end - start])
                rest = rest[end - start :]
                self._heads.append(self._digest.hexdigest()[:_HEAD])
                self._expect(self._known.shorter(self._heads[-1]))
        self._take(rest)
        self._lines += lines
        return lines

    @property
    def content(self) -> Content:
        """What all the bytes are."""
        file_id = self._digest.hexdigest()[:_ID]
        return Content(file_id, self._size, tuple(self._heads))

    @property
    def begins_with(self) -> tuple[str, ...]:
        """Known contents that stand at the beginning, the whole left out."""
        whole = self._digest.hexdigest()[:_ID]
        return tuple(file_id for file_id in self._found if file_id != whole)

    def _heads_in(self, piece: bytes, lines: int) -> Iterator[int]:
        """Where the first 1, 2, 4 … lines of the file end in this piece of it."""
        if self._next_head > self._lines + lines:
            return
        ends = np.flatnonzero(np.frombuffer(piece, np.uint8) == ord("\n")) + 1
        while self._next_head <= self._lines + lines:
            yield int(ends[self._next_head - self._lines - 1])
            self._next_head *= 2

    def _take(self, rest: memoryview) -> None:
        """Add bytes to the hash, and look at it where a known content would end."""
        while self._ends and self._ends[0] <= self._size + len(rest):
            stop = self._ends[0] - self._size
            self._digest.update(rest[:stop])
            self._size, rest = self._ends[0], rest[stop:]
            wanted = self._wanted.pop(heappop(self._ends))
            self._found += wanted & {self._digest.hexdigest()[:_ID]}
        self._digest.update(rest)
        self._size += len(rest)

    def _expect(self, contents: Iterable[Content]) -> None:
        for content in contents:
            if content.size < self._size:
                continue
            if content.size not in self._wanted:
                heappush(self._ends, content.size)
            self._wanted.setdefault(content.size, set()).add(content.file_id)


def begins_with(path: Path, content: Content) -> bool:
    """Whether a plain file begins with all of `content`."""
    hashing, left = Hashing(), content.size
    with path.open("rb") as file:
        while left and (piece := file.read(min(_CHUNK, left))):
            hashing.update(piece)
            left -= len(piece)
    return hashing.content.file_id == content.file_id
