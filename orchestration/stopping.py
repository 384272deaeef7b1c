"""What SIGTERM, Ctrl-C and a closed terminal do to a night: it ends, and soon."""

import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# From the signal on: until the end by force is begun, and until it comes anyhow.
_GRACE_SECONDS, _LAST_SECONDS = 4, 8


@dataclass
class Stop:
    """The signal that came, or 0; `asked` is set once `told` was called."""

    sign: int = 0
    asked: threading.Event = field(default_factory=threading.Event)


@contextmanager
def stopping(told: Callable[[], None], overdue: Callable[[], None]) -> Iterator[Stop]:
    """Call `told` when a signal to end comes, and then end this process by force.

    Dagster and dlt put handlers of their own in place while they work, and may take
    long, or go on, where a step is deep in a library. They may do what they like for
    some seconds; then `overdue` is called and the process ends. What a killed process
    leaves does no harm to the next night. Does nothing outside of the main thread,
    where no signal can be heard.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    ended = threading.Event()
    ear, mouth = os.pipe()
    os.set_blocking(mouth, False)

    def listen() -> None:
        while (heard := os.read(ear, 1)) and heard[0] not in SIGNALS:
            pass
        if not heard:
            return
        stop.sign = heard[0]
        last = threading.Timer(_LAST_SECONDS, os._exit, [128 + stop.sign])
        last.daemon = True
        last.start()
        try:
            told()
        except Exception:
            # It ends all the same; the next night settles what was not said.
            traceback.print_exc()
        stop.asked.set()
        if ended.wait(_GRACE_SECONDS):
            last.cancel()
        else:
            try:
                overdue()
            finally:
                os._exit(128 + stop.sign)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    before = _handle()
    mouth_before = signal.set_wakeup_fd(mouth, warn_on_full_buffer=False)
    try:
        yield stop
    finally:
        ended.set()
        signal.set_wakeup_fd(mouth_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(mouth)
        listener.join()
        os.close(ear)


def _handle() -> dict[int, object]:
    """See to it that Python, not the kernel, handles the signals that end a night.

    Returns the handlers that were replaced.
    """
    handlers = {
        signal.SIGTERM: signal.default_int_handler,
        # As SIGTERM, for whoever handles that when it comes.
        signal.SIGHUP: lambda *_: os.kill(os.getpid(), signal.SIGTERM),
    }
    return {
        number: signal.signal(number, handler)
        for number, handler in handlers.items()
        if signal.getsignal(number) == signal.SIG_DFL
    }
