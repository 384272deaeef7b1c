"""The folders of a home, closed to everybody but their owner."""

import os
import re
import shlex
import stat
from pathlib import Path

from ingestion.settings import Settings

# Readers of published files pass through the home, and list nothing in it.
_PASS_THROUGH = 0o711
_OWNER_ONLY = 0o700
# DuckDB, dbt or SQLAlchemy take the path of a file for an address: what follows these
# is a question, a place in a page, or a letter in code.
_OF_ADDRESSES = re.compile(r"[?#]|%[0-9A-Fa-f]{2}")


def check_path(settings: Settings) -> None:
    """Raise ValueError where no night could work in a folder that is called so."""
    if found := _OF_ADDRESSES.search(str(settings.home)):
        raise ValueError(
            f"the path of the home {settings.home} holds {found[0]!r}, which DuckDB,"
            " dbt and Dagster read as part of an address; expected a folder without ?,"
            " # and codes such as %20 in its path: rename it, or set UNAVISTA_HOME to"
            " another"
        )


def close_home(settings: Settings) -> list[str]:
    """Create the home's folders and take the right to read them from others.

    What this process writes from here on is for its owner alone, but for what is
    published. Returns a sentence for each place that belongs to somebody else. Raises
    ValueError where the home has a name that cannot be.
    """
    check_path(settings)
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
