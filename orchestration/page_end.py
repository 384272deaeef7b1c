"""Begins a command, and ends it with all its children when its own parent is gone."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

from orchestration.stopping import SIGNALS

_GRACE_SECONDS = 9


def main(command: list[str]) -> int:
    """Run `command` in a group of its own until it ends or standard input does."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    alone = threading.Event()

    def listen() -> None:
        while os.read(0, 1):
            pass
        alone.set()

    threading.Thread(target=listen, daemon=True).start()
    while child.poll() is None and not alone.wait(0.2):
        pass
    asked = alone.is_set()
    _end(child)
    return 0 if asked else child.returncode or 1


def _end(child: subprocess.Popen) -> None:
    """Ask every process of the child's group to end, wait a little, end it by force."""
    over = time.monotonic() + _GRACE_SECONDS
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
        while time.monotonic() < over:
            child.poll()
            os.killpg(child.pid, 0)
            time.sleep(0.1)
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
