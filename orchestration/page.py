"""`unavista ui`: Dagster's page and scheduler, which end with the command."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import IO

from ingestion.lock import Busy
from ingestion.settings import Settings
from orchestration.page_parts import READ_ONLY
from orchestration.runs import RunFailed
from orchestration.stopping import SIGNALS

_PARTS = "orchestration.page_parts"


def serve(settings: Settings, host: str, port: int, read_only: bool = False) -> str:
    """Serve the page until told to end; returns what to say then.

    A page that is `read_only` shows the graph and its runs, and begins, stops and
    changes nothing: it has no scheduler, and a home may have any number of them beside
    its one page. Raises Busy where the home has a page already, or somebody else the
    port; RunFailed where the page ended untold.
    """
    if read_only:
        _check_port(host, port)
        _wait_for_the_end(host, port, READ_ONLY, "; it shows, and runs no nights")
    else:
        with settings.page_lock.open("a+") as lock:
            _hold(lock, port)
            _check_port(host, port)
            _settle(settings)
            try:
                _wait_for_the_end(host, port, "whole", "", [lock.fileno()])
            finally:
                lock.truncate(0)
    return "the page has ended"


def _wait_for_the_end(
    host: str, port: int, kind: str, said: str, held: Iterable[int] = ()
) -> None:
    """Begin Dagster, and wait until it ends. Raises RunFailed where nobody ended it.

    `orchestration.page_end` begins it, and ends all of it when this process closes the
    pipe between them, or is gone. `held` are the files that it keeps open until then.
    """
    python = [sys.executable, "-m"]
    parts = [*python, _PARTS, host, str(port), kind]
    child = subprocess.Popen(
        [*python, "orchestration.page_end", *parts],
        stdin=subprocess.PIPE,
        pass_fds=held,
        start_new_session=True,
    )

    def end(*_) -> None:
        child.stdin.close()

    for number in SIGNALS:
        signal.signal(number, end)
    print(f"http://localhost:{port} in a minute{said}; Ctrl-C ends it", flush=True)
    code = child.wait()
    end()
    if code:
        raise RunFailed(f"the page has ended by itself ({code}); begin it again")


def _hold(lock: IO[str], port: int) -> None:
    """Lock the file for this process and its child. Raises Busy."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        said = json.loads(lock.read() or "{}")
        raise Busy(
            f"the page runs already: process {said.get('pid', '?')}, since"
            f" {said.get('since', '?')}, at http://localhost:{said.get('port', '?')};"
            " stop that one first"
        ) from None
    lock.truncate(0)
    since = datetime.now(UTC).isoformat(timespec="seconds")
    json.dump({"pid": os.getpid(), "since": since, "port": port}, lock)
    lock.flush()


def _check_port(host: str, port: int) -> None:
    """Raise Busy where the port cannot be had: before all of Dagster is begun."""
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        raise Busy(
            f"the page cannot listen at {host}:{port}: {error.strerror}; say another"
            f" port, such as: unavista ui --port {port + 1}"
        ) from None


def _settle(settings: Settings) -> None:
    """Say of killed runs that they were, before Dagster waits for them."""
    import dagster as dg

    from orchestration import progress
    from orchestration.dead_runs import settle

    with dg.DagsterInstance.from_config(str(settings.dagster)) as instance:
        for sentence in settle(settings, instance, ""):
            progress.show("history", f"  ! {sentence}")
