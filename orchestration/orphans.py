"""A child that writes the warehouse ends with the process that began it."""

import os
import signal
import threading
import time


def end_with_parent() -> None:
    """End at once when told to, in the middle of a statement too; and when alone.

    What DuckDB had not committed is gone then, as after a power cut.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
