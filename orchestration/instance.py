"""Dagster's own settings in a home: written once, and an operator's are kept."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psycopg

from ingestion.rights import is_mounted_read_only
from ingestion.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance

_SETTINGS = """\
telemetry:
  enabled: false
nux:
  enabled: false
# One night at a time; the others wait in the queue, and their logs say for whom.
run_coordinator:
  module: orchestration.line
  class: Queue
  config:
    max_concurrent_runs: 1
run_launcher:
  module: orchestration.line
  class: Launcher
# A run whose process is gone is failed, so that the next one begins.
run_monitoring:
  enabled: true
  poll_interval_seconds: 10
  start_timeout_seconds: 600
  cancel_timeout_seconds: 30
  max_resume_run_attempts: 0
# It is begun again, twice at most; one that failed in a step is not: what may pass has
# been tried again by then.
run_retries:
  enabled: true
  max_retries: 2
  retry_on_asset_or_op_failure: false
"""
_HERE = """\
event_log_storage:
  module: orchestration.event_log
  class: EventLog
  config: {}
"""
_IN_POSTGRES = """\
storage:
  postgres:
    postgres_url:
      env: UNAVISTA_DAGSTER_URL
"""
_HEADING = (
    "# Written by unavista, and brought up to date by it until somebody edits it: {}\n"
)
# The releases before wrote it anew at every start, without a heading.
_UNMARKED = re.compile(
    r"\Atelemetry:\n  enabled: false\nnux:\n  enabled: false\nconcurrency:\n  pools:\n"
    r"    default_limit: 1\n(event_log_storage:\n  module: orchestration.event_log\n"
    r"  class: EventLog\n  config:\n    base_dir: .*\n)?\Z"
)


def write_settings(settings: Settings) -> None:
    """Write `dagster.yaml` where there is none, or none that somebody changed.

    Raises ValueError where the server that should hold Dagster's history cannot.
    """
    check_history(settings)
    file = settings.dagster / "dagster.yaml"
    text = _SETTINGS + (_IN_POSTGRES if settings.dagster_postgres else _HERE)
    text = _HEADING.format(_digest(text)) + text
    if not file.exists() or _is_ours(file.read_text()):
        partial = file.with_suffix(".partial")
        partial.write_text(text)
        partial.replace(file)


def check_history(settings: Settings) -> None:
    """Raise ValueError where Dagster's history should be in a PostgreSQL that is not.

    Because the package for it is missing, the server does not answer, or an edited
    `dagster.yaml` does not name it.
    """
    if not settings.dagster_postgres:
        return
    name = "UNAVISTA_DAGSTER_POSTGRES"
    if find_spec("dagster_postgres") is None:
        raise ValueError(f"{name} needs a package: pip install 'unavista[postgres]'")
    edited = edited_settings(settings)
    if edited and "UNAVISTA_DAGSTER_URL" not in edited.read_text():
        raise ValueError(
            f"{edited} was edited, and keeps Dagster's history elsewhere than {name}"
            f" says; put this in place of what it says of storage:\n{_IN_POSTGRES}"
        )
    try:
        psycopg.connect(settings.dagster_postgres, connect_timeout=10).close()
    except psycopg.Error as error:
        said = " ".join(str(error).split())
        raise ValueError(
            f"the PostgreSQL of {name}, for Dagster's history, cannot be used: {said}"
        ) from None


@contextmanager
def history(settings: Settings) -> Iterator[DagsterInstance]:
    """Dagster's history, to be read.

    Its files are opened by writing to them: on a disk that takes no writing, what is
    opened is a copy of them, without the runs' own logs.
    """
    from dagster import DagsterInstance

    if not is_mounted_read_only(settings.dagster):
        with DagsterInstance.from_config(str(settings.dagster)) as instance:
            yield instance
        return
    with TemporaryDirectory(prefix="unavista") as folder:
        copy = Path(folder)
        (copy / "history").mkdir()
        for file in settings.dagster.glob("history/runs.db*"):
            shutil.copyfile(file, copy / "history" / file.name)
        yaml = (settings.dagster / "dagster.yaml").read_text()
        (copy / "dagster.yaml").write_text(yaml if settings.dagster_postgres else "")
        with DagsterInstance.from_config(folder) as instance:
            yield instance


def edited_settings(settings: Settings) -> Path | None:
    """The file `dagster.yaml`, where somebody wrote or changed it."""
    file = settings.dagster / "dagster.yaml"
    return file if file.exists() and not _is_ours(file.read_text()) else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _is_ours(text: str) -> bool:
    """Whether a file is as some version of unavista wrote it."""
    heading, _, rest = text.partition("\n")
    is_marked = heading + "\n" == _HEADING.format(_digest(rest))
    return is_marked or bool(_UNMARKED.match(text))
