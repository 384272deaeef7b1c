"""Text, names and paths as SQL has them."""

import glob
from pathlib import Path


def literal(text: str) -> str:
    """`it's` as 'it''s'."""
    return "'" + text.replace("'", "''") + "'"


def file_literal(path: Path) -> str:
    """A file to read; what looks like a pattern in its name is none."""
    return literal(glob.escape(str(path)))


def identifier(name: str) -> str:
    """A column name, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'
