"""What a night had too little of, by what its causes say, and where more is given."""

import shlex
from shutil import disk_usage

from ingestion.settings import Settings

# The last is what SQLite says, which keeps Dagster's history; or, where the disk had no
# room for the memory that it shares, that there was an error.
_DISK_IS_FULL = ("No space left on device", "database or disk is full")
_DISK_MAY_BE_FULL = "disk I/O error"
_LITTLE = 100 * 2**20


def cure(settings: Settings, causes: list[str]) -> list[str]:
    """A sentence each for memory and disk, where a cause says that they ran out."""
    said, found = " ".join(causes), []
    if "Out of Memory Error" in said:
        found.append(
            "memory ran out: UNAVISTA_MEMORY_LIMIT, for models and publishing, is"
            f" {settings.memory_limit}, and UNAVISTA_LOAD_MEMORY_LIMIT, for loads,"
            f" {settings.load_memory_limit}; allow more, or ask for fewer threads"
            f" (UNAVISTA_THREADS is {settings.threads}), and run the night again"
        )
    may_be_full = _DISK_MAY_BE_FULL in said and disk_usage(settings.home).free < _LITTLE
    if may_be_full or any(words in said for words in _DISK_IS_FULL):
        found.append(
            f"a disk is full, most likely that of {shlex.quote(str(settings.home))} or"
            " the one for temporary files (TMPDIR); free space there, or let fewer"
            f" versions stand (UNAVISTA_KEEP_VERSIONS is {settings.keep_versions}), and"
            " run the night again"
        )
    return found
