"""The folders of a home, closed to everybody but their owner."""

import os
import shlex
import stat
from pathlib import Path

from ingestion.settings import Settings

# Readers of published files pass through the home, and list nothing in it.
_PASS_THROUGH = 0o711
_OWNER_ONLY = 0o700


def close_home(settings: Settings) -> list[str]:
    """Create the home's folders and take the right to read them from others.

    What this process writes from here on is for its owner alone, but for what is
    published. Returns a sentence for each place that belongs to somebody else.
    """
    settings.home.mkdir(mode=_PASS_THROUGH, parents=True, exist_ok=True)
    os.umask(0o077)
    folders = (
        settings.logs, settings.dagster, settings.landing, settings.registry,
        settings.decisions, settings.labels, settings.answer_key, settings.dlt,
        settings.dbt, settings.incoming, settings.proposed_weights.parent,
        settings.line,
    )  # fmt: skip
    for folder in folders[:2]:
        folder.mkdir(parents=True, exist_ok=True)
    said = [_close(settings.home, _PASS_THROUGH)]
    said += [_close(folder, _OWNER_ONLY) for folder in folders]
    said += [
        _close(file, 0o600)
        for file in settings.home.glob("[!.]*")
        if file.is_file() and not file.is_symlink()
    ]
    return [sentence for sentence in said if sentence]


def _close(path: Path, most: int) -> str | None:
    """Take what `most` does not allow; a mode that allows less stays."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & ~most:
            path.chmod(mode & most)
    except FileNotFoundError:
        return None
    except PermissionError:
        return (
            f"{path} may be read by others and is not yours to close; let its owner"
            f" say: chmod {most:o} {shlex.quote(str(path))}"
        )
    return None
