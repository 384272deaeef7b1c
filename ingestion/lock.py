"""One writer at a time, with a message that says who it is."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

_held: set[Path] = set()


class Busy(Exception):
    """Somebody else writes the warehouse."""


@contextmanager
def writer_lock(path: Path, purpose: str) -> Iterator[None]:
    """Hold the lock file at `path`; the kernel frees it when the process ends.

    A process that holds it already goes on holding it. Raises Busy, naming the holder,
    when another process does.
    """
    if path in _held:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = json.loads(file.read() or "{}")
            raise Busy(
                f"the warehouse is being written by process {holder.get('pid', '?')}"
                f" ({holder.get('purpose', 'unknown')}, since"
                f" {holder.get('since', '?')}); wait for it to end, or stop it"
            ) from None
        file.truncate(0)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        json.dump({"pid": os.getpid(), "purpose": purpose, "since": since}, file)
        file.flush()
        _held.add(path)
        try:
            yield
        finally:
            _held.remove(path)
