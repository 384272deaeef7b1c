"""One module a source; each holds one `SOURCE`."""

import importlib
import pkgutil

from ingestion.tables import Source


def all_sources() -> list[Source]:
    """Every source module of this folder, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}").SOURCE for name in names]
