"""Where dlt keeps what it works on."""

import tempfile
from functools import cache
from pathlib import Path

from ingestion.settings import Settings


def dlt_folder(settings: Settings) -> Path:
    """The folder in the home; where dlt cannot work there, one that ends with us.

    dlt fills in the names of its files by `%`, in their whole path: a percent sign in
    the path of the home would be read as a place to fill. What it keeps may be lost
    between runs.
    """
    if "%" not in str(settings.dlt.resolve()):
        return settings.dlt
    return Path(_elsewhere(settings.dlt).name)


@cache
def _elsewhere(folder: Path) -> tempfile.TemporaryDirectory:
    """For its owner alone, and removed when this process ends."""
    return tempfile.TemporaryDirectory(prefix="unavista-dlt-")
