"""The lines a person sees while a run goes on."""

import os
import sys
import time
import unicodedata
from collections.abc import Callable
from typing import TextIO

_started = time.monotonic()
# Beside control characters: what turns the direction of a line, or ends it.
_TURNING = frozenset(
    "\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_MOST_MESSAGES = 20


def begin() -> None:
    """Start counting the seconds that each line shows."""
    global _started  # noqa: PLW0603
    _started = time.monotonic()


def printable(text: object, keep: str = "\n\t") -> str:
    r"""The text as a terminal may have it: a control character is shown as `\x1b`.

    Names of files and values out of them may hold what clears a screen, renames a
    window or turns a line round. `keep` are the control characters that stay.
    """
    said = str(text)
    if said.isprintable():
        return said
    return "".join(c if c in keep or not _is_hidden(c) else _escaped(c) for c in said)


def _is_hidden(character: str) -> bool:
    return character in _TURNING or unicodedata.category(character) in ("Cc", "Cs")


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def show(stage: str, text: str) -> None:
    """Print one finished step: seconds since the start, stage, what was done.

    Written past any capture of stdout, so that the parts' own logs stay apart. Who
    reads may have gone, or may not know a letter: no night stops for that.
    """
    seconds = time.monotonic() - _started
    line = f"{seconds:7.1f} s  {stage:<9} {printable(text, keep='')}"
    out = sys.__stdout__
    encoding = getattr(out, "encoding", None) or "utf-8"
    shown = line.encode(encoding, errors="backslashreplace").decode(encoding)
    put(f"{shown}\n", out)


def put(text: str, out: TextIO | None) -> None:
    """Write all of a text, and go on quietly where who reads has gone.

    As `head` does when it has seen enough. What comes after is written to nowhere:
    Python would stumble over it once more when it ends. So it is where no space is left
    for it, but that is raised.
    """
    if out is None:
        return
    try:
        out.write(text)
        out.flush()
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, out.fileno())
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            raise


def warn(stage: str, messages: list[str], log: Callable[[str], None]) -> None:
    """Show what a person should know, and log it; of very many, the first ones."""
    shown = list(messages[:_MOST_MESSAGES])
    if len(messages) > _MOST_MESSAGES:
        shown.append(f"and {len(messages) - _MOST_MESSAGES:,} more like these")
    for message in shown:
        show(stage, f"  ! {message}")
        log(printable(message, keep=""))
