"""The landing folder, on this machine or at any address that fsspec opens."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import fsspec

from ingestion.settings import Settings

_PARTIAL = (".part", ".partial", ".filepart", ".crdownload", ".tmp")
_NEVER = datetime(1970, 1, 1)


class Unreachable(Exception):
    """The landing address does not answer; the message says which and why."""


@dataclass(frozen=True)
class Delivered:
    """One landing file; while size and time stay, its bytes are taken to stay too."""

    name: str
    size: int
    modified_at: datetime
    path: Path | None = None


class Landing:
    """Lists the files of sources, and brings them here to be read."""

    def __init__(self, settings: Settings) -> None:
        """Raises Unreachable where the address is none that can be opened."""
        self._folder = settings.landing
        self._copies = settings.incoming
        self._system = None
        if settings.landing_url:
            try:
                self._system, self._root = fsspec.url_to_fs(settings.landing_url)
            except (ImportError, ValueError) as error:
                raise Unreachable(
                    f"UNAVISTA_LANDING={settings.landing_url} cannot be opened: {error}"
                ) from None
            self._url = settings.landing_url

    def files(self, source_name: str, pattern: str) -> Iterator[Delivered]:
        """What matches the pattern of a table, by name; hidden and partial left out."""
        found = self._remote if self._system else self._local
        for delivered in found(source_name, pattern):
            name = delivered.name.rpartition("/")[2]
            if not name.startswith((".", "_")) and not name.lower().endswith(_PARTIAL):
                yield delivered

    def fetch(self, delivered: Delivered) -> Path:
        """The file on this machine.

        Raises OSError where it cannot be read, UnicodeEncodeError where DuckDB cannot
        be told its name.
        """
        if delivered.path:
            str(delivered.path).encode()
            return delivered.path
        self._copies.mkdir(parents=True, exist_ok=True)
        target = self._copies / delivered.name.replace("/", "~")
        self._system.get_file(f"{self._root}/{delivered.name}", str(target))
        return target

    def is_unchanged(self, delivered: Delivered) -> bool:
        """Whether the file still is what it was when it was listed."""
        if delivered.path:
            return _stamp(delivered.path) == (delivered.size, delivered.modified_at)
        self._system.invalidate_cache()
        info = self._system.info(f"{self._root}/{delivered.name}")
        return (info["size"], _changed_at(info)) == (
            delivered.size,
            delivered.modified_at,
        )

    def _local(self, source_name: str, pattern: str) -> Iterator[Delivered]:
        for path in sorted((self._folder / source_name).glob(pattern)):
            name = os.fsencode(path.relative_to(self._folder).as_posix())
            yield Delivered(name.decode(errors="backslashreplace"), *_stamp(path), path)

    def _remote(self, source_name: str, pattern: str) -> Iterator[Delivered]:
        try:
            found = self._system.find(f"{self._root}/{source_name}", detail=True)
        except FileNotFoundError:
            return
        except Exception as error:  # each store has errors of its own
            raise Unreachable(
                f"the landing address {self._url} does not answer: {error}; check"
                " UNAVISTA_LANDING and the credentials"
            ) from error
        depth = len(PurePosixPath(source_name, pattern).parts)
        for key, info in sorted(found.items()):
            name = key.removeprefix(self._root.rstrip("/") + "/")
            path = PurePosixPath(name)
            if len(path.parts) == depth and path.match(pattern):
                yield Delivered(name, info["size"], _changed_at(info))


def _changed_at(info: dict) -> datetime:
    """When an object was written, as its store says."""
    found = [v for v in info.values() if isinstance(v, datetime)]
    return max(found).astimezone(UTC).replace(tzinfo=None) if found else _NEVER


def _stamp(path: Path) -> tuple[int, datetime]:
    try:
        stat = path.stat()
    except OSError:
        return 0, _NEVER
    return stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC).replace(tzinfo=None)
