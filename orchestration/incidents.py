"""Incidents, and the file in the registry that keeps them until they are over."""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ingestion.rights import in_words
from ingestion.settings import Settings
from orchestration import progress
from orchestration.alarm_channels import Message

FAILED, MISSED = "night_failed", "nights_missed"
OF_NIGHTS = (FAILED, MISSED)


@dataclass(frozen=True)
class Incident:
    """One thing that is wrong; `since` is a day, as text.

    `source_name` and what follows it are empty for a night; `until` is the last of the
    nights that were missed.
    """

    kind: str
    since: str
    found: str
    expected: str
    cause: str
    cure: str
    source_name: str = ""
    table_name: str = ""
    column_name: str = ""
    until: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same incident in another night."""
        return self.kind, self.source_name, self.table_name, self.column_name

    @property
    def place(self) -> str:
        """Where it is, in words."""
        if self.kind in OF_NIGHTS:
            return "nights"
        return ".".join(filter(None, self.key[1:]))

    def said(self) -> str:
        """All of it, in one line."""
        return (
            f"{self.place}: {self.found}; expected: {self.expected}; since {self.since}"
        )


@dataclass
class State:
    """What is open, by when it began, and what waits for a channel: (name, message)."""

    open: list[Incident] = field(default_factory=list)
    waiting: list[tuple[str, Message]] = field(default_factory=list)


def _file(settings: Settings) -> Path:
    return settings.registry / "alarms.json"


def change(settings: Settings, act: Callable[[State], None]) -> None:
    """Call `act` with the state, alone among the processes that change it.

    No night fails for an alarm: what kept it from being told is shown in its place.
    """
    try:
        settings.registry.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (settings.home / "alarms.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            act(read(settings))
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        if isinstance(error, OSError):
            said = in_words(error, settings)
        progress.show("alarms", f"  ! what is wrong could not be told: {said}")


def read(settings: Settings) -> State:
    """What is open and what waits; nothing at first. Raises ValueError."""
    file = _file(settings)
    if not file.exists():
        return State()
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        return State(
            [Incident(**incident) for incident in said["open"]],
            [(name, Message(**message)) for name, message in said["waiting"]],
        )
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(
            f"{file} cannot be read ({type(error).__name__}); expected what unavista"
            " wrote. Delete it: what is open is then told once more"
        ) from None


def write(settings: Settings, state: State) -> None:
    """Replace the file in one step."""
    file = _file(settings)
    partial = file.with_suffix(".partial")
    said = {
        "open": [asdict(incident) for incident in state.open],
        "waiting": [[name, asdict(message)] for name, message in state.waiting],
    }
    partial.touch(mode=0o600)
    with partial.open("w", encoding="utf-8") as out:
        json.dump(said, out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(file)
