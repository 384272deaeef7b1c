"""The landing folder, on this machine or at any address that fsspec opens."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem

from ingestion.found import (
    NEVER,
    NoFile,
    check_file,
    is_passed_over,
    kind_of,
    stamp,
)
from ingestion.passing import store_may_answer
from ingestion.settings import Settings
from ingestion.tables import Source

_PLACEHOLDERS = ("/", "_$folder$")  # objects that stand for a folder
# What stores call the time of writing; the time of reading is never taken for it.
_WRITTEN = ("LastModified", "last_modified", "mtime", "created")


class Unreachable(Exception):
    """The landing cannot be listed or read; the message says where and why.

    `passing` is whether that may be otherwise at another try.
    """

    def __init__(self, said: str, passing: bool = False) -> None:
        """`said` is for people."""
        super().__init__(said)
        self.passing = passing


@dataclass(frozen=True)
class Delivered:
    """One landing file; while size and time stay, its bytes are taken to stay too.

    `path` is set where it lies on this machine; `etag` is its store's own mark of the
    content, which tells two versions of one second apart.
    """

    name: str
    size: int
    modified_at: datetime
    path: Path | None = None
    etag: str = ""


class Landing:
    """Lists the files of sources, and brings them here to be read."""

    def __init__(self, settings: Settings) -> None:
        """Raises Unreachable where the address is none that can be opened."""
        self._folder = settings.landing
        self._copies = settings.incoming
        self._system = None
        # By source: what was there at first, and what is there after reading.
        self._first: dict[str, dict[str, Delivered]] = {}
        self._again: dict[str, dict[str, Delivered]] = {}
        if not settings.landing_url:
            return
        self._address = _without_secrets(settings.landing_url)
        try:
            system, root = fsspec.url_to_fs(settings.landing_url)
        except Exception as error:  # each kind of store has errors of its own
            raise self._unreachable(error) from None
        if isinstance(system, LocalFileSystem):
            self._folder = Path(root)
            return
        if not root:
            raise Unreachable(f"UNAVISTA_LANDING={self._address} names no folder")
        self._system, self._root = system, root.rstrip("/")

    def check(self) -> None:
        """Raise Unreachable where there is no landing, or nothing in a remote one."""
        if self._system is None:
            if not self._folder.is_dir():
                raise Unreachable(
                    f"there is no landing folder {self._folder}; put each source's"
                    " files under <source>/<table>/ in it, or make a sample:"
                    " unavista sample"
                )
            if not _may_list(self._folder):
                raise Unreachable(
                    f"the landing folder {self._folder} may not be read by who runs"
                    " this; let its owner give the right to read and to enter it"
                )
            return
        try:
            self._system.invalidate_cache()
            found = self._system.ls(self._root, detail=False)
        except FileNotFoundError:
            found = []
        except Exception as error:
            raise self._unreachable(error) from None
        if not found:
            raise Unreachable(
                f"there is nothing at the landing address {self._address}; correct"
                " UNAVISTA_LANDING, or put each source's files under <source>/<table>/"
                " there"
            )

    def files(self, source_name: str, pattern: str) -> Iterator[Delivered]:
        """What matches the pattern of a table, by name; what is no delivery left out.

        A remote source is listed once. Raises Unreachable.
        """
        found = self._remote if self._system else self._local
        for delivered in found(source_name, pattern):
            if not is_passed_over(delivered.name.rpartition("/")[2]):
                yield delivered

    def strangers(self, sources: list[Source]) -> list[str]:
        """What is read by no table, as sentences; of a landing on this machine only."""
        if self._system is not None or not self._folder.is_dir():
            return []
        read = {s.name: {t.files.split("/")[0] for t in s.tables} for s in sources}
        said = []
        for path in sorted(self._folder.iterdir()):
            if path.name in read:
                said += self._no_folder(path, "a folder")
                is_open = path.is_dir() and _may_list(path)
                for inside in sorted(path.iterdir()) if is_open else []:
                    if inside.name in read[path.name]:
                        said += self._no_folder(inside, "a folder of files")
                    else:
                        said += self._unread(inside)
            else:
                said += self._unread(path)
        return said

    def gone(self, sources: list[Source], held: dict[str, int]) -> list[str]:
        """Which sources have no file here and had `held` so many, as sentences.

        Of a landing on this machine only: one at an address that is empty is no
        landing, and is listed no more often than it must be.
        """
        if self._system is not None:
            return []
        lie = {
            source.name
            for source in sources
            for table in source.tables
            if any(True for _ in self.files(source.name, table.files))
        }
        goes_on = "What was loaded before goes on counting"
        if held and not lie:
            return [
                f"the landing folder {self._folder} is empty, and held"
                f" {files_said(sum(held.values()))} before: is its disk mounted?"
                f" {goes_on}"
            ]
        return [
            f"{name}: the landing holds no file of it, and held {files_said(count)}"
            f" before; bring back what was moved, or mount its disk. {goes_on}, but"
            " cannot be built anew"
            for name, count in held.items()
            if name in {source.name for source in sources} - lie
        ]

    def _unread(self, path: Path) -> list[str]:
        if is_passed_over(path.name):
            return []
        where = "files go under <source>/<table>/"
        return [f"{self._name(path)}: nothing is read here; {where}"]

    def _no_folder(self, path: Path, expected: str) -> list[str]:
        """Why nothing can come from what should be a folder of deliveries."""
        try:
            what = kind_of(path)
        except OSError as error:
            return [f"{self._name(path)}: cannot be read: {error.strerror}"]
        if what not in ("a folder", "a link to a folder"):
            return [f"{self._name(path)}: is {what}; expected {expected}"]
        if not _may_list(path):
            return [f"{self._name(path)}: may not be read by who runs this; open it"]
        return []

    def _name(self, path: Path) -> str:
        """Below the landing, as text whatever its bytes are."""
        name = os.fsencode(path.relative_to(self._folder).as_posix())
        return name.decode(errors="backslashreplace")

    def fetch(self, delivered: Delivered) -> Path:
        """The file on this machine.

        Raises NoFile where it is none, OSError where it cannot be read,
        UnicodeEncodeError where DuckDB cannot be told its name, Unreachable where its
        store does not answer.
        """
        if delivered.path:
            str(delivered.path).encode()
            check_file(delivered.path)
            return delivered.path
        if delivered.name not in self._first.get(delivered.name.partition("/")[0], {}):
            raise NoFile("is a folder")
        self._again = {}
        self._copies.mkdir(parents=True, exist_ok=True)
        copy = self._copy(delivered)
        try:
            self._system.get_file(f"{self._root}/{delivered.name}", str(copy))
        except (FileNotFoundError, PermissionError):
            raise
        except Exception as error:
            raise self._unreachable(error) from None
        return copy

    def forget(self, delivered: Delivered) -> None:
        """Delete the copy that was brought here; a file of this machine stays."""
        if delivered.path is None:
            self._copy(delivered).unlink(missing_ok=True)

    def is_unchanged(self, delivered: Delivered) -> bool:
        """Whether the file still is what it was when it was listed.

        A remote source is listed once more for all its files. Raises Unreachable.
        """
        if delivered.path:
            return stamp(delivered.path) == (delivered.size, delivered.modified_at)
        source_name = delivered.name.partition("/")[0]
        if source_name not in self._again:
            self._again[source_name] = self._list(source_name)
        is_whole = self._copy(delivered).stat().st_size == delivered.size
        return is_whole and self._again[source_name].get(delivered.name) == delivered

    def _copy(self, delivered: Delivered) -> Path:
        """Where the copy goes; a key may be longer than a file's name can be."""
        digest = hashlib.blake2b(delivered.name.encode(), digest_size=16)
        return self._copies / digest.hexdigest()

    def _local(self, source_name: str, pattern: str) -> Iterator[Delivered]:
        for path in sorted((self._folder / source_name).glob(pattern)):
            yield Delivered(self._name(path), *stamp(path), path)

    def _remote(self, source_name: str, pattern: str) -> Iterator[Delivered]:
        """As a glob of folders: what lies deeper shows as the folder that holds it."""
        if source_name not in self._first:
            self._first[source_name] = self._list(source_name)
        listed = self._first[source_name]
        wanted = [source_name, *pattern.split("/")]
        found: dict[tuple[str, ...], Delivered] = {}
        for delivered in listed.values():
            parts = tuple(delivered.name.split("/"))
            at = parts[: len(wanted)]
            if len(at) == len(wanted) and all(map(fnmatchcase, at, wanted)):
                folder = Delivered("/".join(at), 0, NEVER)
                found[at] = delivered if at == parts else found.get(at, folder)
        for _, delivered in sorted(found.items()):
            yield delivered

    def _list(self, source_name: str) -> dict[str, Delivered]:
        """Every object of a source by its name below the address."""
        try:
            self._system.invalidate_cache()
            found = self._system.find(f"{self._root}/{source_name}", detail=True)
        except FileNotFoundError:
            found = {}
        except Exception as error:
            raise self._unreachable(error) from None
        if not found:
            self.check()
        names = {
            key: key.removeprefix(self._root + "/")
            for key in found
            if not key.endswith(_PLACEHOLDERS)
        }
        return {
            name: Delivered(
                name,
                found[key]["size"],
                self._written_at(found[key]),
                etag=str(found[key].get("ETag") or found[key].get("etag") or ""),
            )
            for key, name in names.items()
        }

    def _written_at(self, info: dict) -> datetime:
        for name in _WRITTEN:
            value = info.get(name)
            if isinstance(value, int | float):
                value = datetime.fromtimestamp(value, UTC)
            if isinstance(value, datetime):
                return value.astimezone(UTC).replace(tzinfo=None)
        raise Unreachable(
            f"the landing address {self._address} does not say when its files were"
            " written, so a new version could not be told from an old one; use a store"
            " that does"
        )

    def _unreachable(self, error: Exception) -> Unreachable:
        why = _without_secrets(" ".join(str(error).split())) or type(error).__name__
        return Unreachable(
            f"the landing address {self._address} cannot be read: {why.rstrip('.')};"
            " check UNAVISTA_LANDING and the credentials",
            passing=store_may_answer(error),
        )


def _without_secrets(text: str) -> str:
    """Leaves out of addresses who signs in, and what stands after a question mark."""
    text = re.sub(r"://[^/\s]*@", "://", text)
    return re.sub(r"(://[^\s?]*)\?[^\s\"']*", r"\1", text)


def files_said(count: int) -> str:
    """A number of files in words."""
    return "1 file" if count == 1 else f"{count:,} files"


def _may_list(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.X_OK)
