"""The lines a person sees while a run goes on."""

import sys
import time

_started = time.monotonic()


def begin() -> None:
    """Start counting the seconds that each line shows."""
    global _started  # noqa: PLW0603
    _started = time.monotonic()


def show(stage: str, text: str) -> None:
    """Print one finished step: seconds since the start, stage, what was done.

    Written past any capture of stdout, so that the parts' own logs stay apart.
    """
    seconds = time.monotonic() - _started
    print(f"{seconds:7.1f} s  {stage:<9} {text}", file=sys.__stdout__, flush=True)
