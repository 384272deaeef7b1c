"""One writer at a time, and a line for those who come later."""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

# Called while somebody else writes, twice a second, with a sentence that says who.
Waiting = Callable[[str], None]

_POLL_SECONDS = 0.5
# Who only looks whether a file is locked locks it for a moment: nobody is sent away so.
_TRIES, _MOMENT_SECONDS = 5, 0.02
_held: set[Path] = set()


class Busy(Exception):
    """Somebody else writes the warehouse."""


@dataclass(frozen=True)
class Ticket:
    """A process that writes or waits to; it lives as long as its file is locked.

    `run` is the id of its run in Dagster's history, or empty.
    """

    path: Path
    run: str
    pid: int
    purpose: str
    since: str

    @property
    def is_alive(self) -> bool:
        """Whether the process that took the ticket is still there."""
        return _is_locked(self.path)

    @property
    def said(self) -> str:
        """Who it is, in words."""
        return _process(self.pid, self.purpose, self.since)


@contextmanager
def writer_lock(
    path: Path, purpose: str, waiting: Waiting | None = None, run: str = ""
) -> Iterator[None]:
    """Hold the lock file at `path`; the kernel frees it when the process ends.

    A process that holds it already goes on holding it. While another process does,
    or was there before, `waiting` is told who it is, and may raise to give up; without
    `waiting`, Busy is raised.
    """
    if path in _held:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with _ticket(path, purpose, run) as mine, path.open("a+") as file:
        _wait(lambda: _ahead(path, mine, file), waiting)
        file.truncate(0)
        file.write(_words(purpose))
        file.flush()
        _held.add(path)
        try:
            yield
        finally:
            _held.remove(path)
            file.truncate(0)


@contextmanager
def reader_lock(path: Path, waiting: Waiting | None = None) -> Iterator[None]:
    """Keep writers away from a home that nothing can be written to from here.

    Where its disk is mounted read-only, another place may be where it is written. As
    `writer_lock`, but without a place in the line and without saying who it is.
    """
    if not path.exists():
        yield
        return
    with path.open() as file:
        _wait(lambda: "" if _lock(file, fcntl.LOCK_SH) else _holder(path), waiting)
        yield


def said_once(say: Waiting) -> Waiting:
    """Hand a sentence on to `say` when it is another than the last."""
    said = ""

    def waiting(sentence: str) -> None:
        nonlocal said
        if sentence != said:
            say(sentence)
        said = sentence

    return waiting


def tickets(path: Path) -> list[Ticket]:
    """The line at the lock `path`, the first one first; the dead stand in it too."""
    found = []
    for file in sorted(_line(path).glob("[0-9]*")):
        _, _, run = file.name.partition("-")
        with suppress(FileNotFoundError):
            found.append(Ticket(file, run, **json.loads(file.read_text())))
    return found


def writer(path: Path) -> str:
    """Who holds the lock `path`, in words; empty when nobody does."""
    return _holder(path) if _is_locked(path) else ""


def _process(pid: int, purpose: str, since: str) -> str:
    stopped = ""
    if _is_stopped(pid):
        stopped = f"; it is stopped: kill -CONT {pid} lets it go on, or end"
    return f"process {pid} ({purpose}, since {since}{stopped})"


def _is_stopped(pid: int) -> bool:
    """Whether a process was stopped by SIGSTOP or Ctrl-Z, as Linux tells.

    What it is told meanwhile, SIGTERM too, it hears when it goes on.
    """
    try:
        said = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return False
    # Its name, which stands in brackets before its state, may hold anything.
    return said.rpartition(")")[2].split()[:1] == ["T"]


def _words(purpose: str) -> str:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return json.dumps({"pid": os.getpid(), "purpose": purpose, "since": since})


def _line(path: Path) -> Path:
    return path.with_name("line")


@contextmanager
def _ticket(path: Path, purpose: str, run: str) -> Iterator[Path]:
    """A locked file at the end of the line, in its place with all it says at once."""
    line = _line(path)
    line.mkdir(mode=0o700, exist_ok=True)
    partial = line / f".{os.getpid()}"
    with partial.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(_words(purpose))
        file.flush()
        numbers = [int(other.name.partition("-")[0]) for other in line.glob("[0-9]*")]
        name = f"{max(numbers, default=0) + 1:08d}-{run or os.getpid()}"
        mine = partial.rename(line / name)
        try:
            yield mine
        finally:
            mine.unlink(missing_ok=True)


def _wait(ahead: Callable[[], str], waiting: Waiting | None) -> None:
    """Return once nobody is `ahead`. Raises Busy where one may not wait."""
    tries = 0
    while who := ahead():
        tries += 1
        if waiting is not None:
            waiting(f"{who} writes the warehouse; this begins when that ends")
        elif tries == _TRIES:
            raise Busy(
                f"the warehouse is being written by {who}; wait for it to end,"
                " or stop it"
            )
        time.sleep(_POLL_SECONDS if waiting else _MOMENT_SECONDS)


def _ahead(path: Path, mine: Path, file: IO[str]) -> str:
    """Who writes now or came before; empty when `file`, the lock, is ours to use."""
    for other in tickets(path):
        if other.path.name < mine.name and other.is_alive:
            return writer(path) or other.said
    return "" if _lock(file) else _holder(path)


def _holder(path: Path) -> str:
    """What the lock file says of its holder, who may be writing it just now."""
    for _ in range(10):
        with suppress(ValueError):
            return _process(**json.loads(path.read_text()))
        time.sleep(0.02)
    return "a process that did not say who it is"


def _lock(file: IO[str], kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_locked(path: Path) -> bool:
    """Whether a living process holds a lock on the file; no file is not locked."""
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
