"""What is assumed of a file whose own values do not show how it is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingestion.files.code_pages import NAMES
from ingestion.tables import Table

_SAID = {"day first": "day_first", "month first": "month_first"}
_SAID |= {name: name for name in NAMES}
# Of these at most one is so.
_DAYS = ("day_first", "month_first")
_CHOICES = (_DAYS, ("decimal_comma", "decimal_point"), NAMES)


@dataclass(frozen=True)
class Assumed:
    """Decisions that count where a file's own values do not show how it is written.

    `because` says where they come from, for the record of files; `decided` are those
    of them that somebody wrote down.
    """

    words: frozenset[str] = frozenset()
    decided: frozenset[str] = frozenset()
    because: str = ""


NOTHING = Assumed()


def assumed(
    path: str,
    table: Table,
    decisions: Mapping[str, frozenset[str]],
    read_as: Iterable[str],
    is_last: bool,
) -> Assumed:
    """What to assume of the file at `path`, the surest first.

    A decision that names a folder of it, the nearest first. When all other files were
    looked at (`is_last`), what those of its table showed (`read_as`, as the ledger has
    it), where all of them agree; then what the source's module says of its exports.
    """
    parts = path.split("/")[:-1]
    folders = ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]
    found = {folder: decisions[folder] for folder in folders if folder in decisions}
    decided = words = next(iter(found.values()), frozenset())
    because = "as decided for its folder"
    if is_last:
        others = _agreed(read_as)
        for reason, more in (
            ("as its table's other files", others),
            ("as is usual there", frozenset(table.assumed)),
        ):
            for choices in _CHOICES:
                new = more.intersection(choices)
                if new and not words.intersection(choices):
                    words |= new
                    because = reason if choices is _DAYS else because
    return Assumed(words, decided, because)


def _agreed(read_as: Iterable[str]) -> frozenset[str]:
    """What every file that showed it showed; what was assumed is no evidence."""
    said = {_SAID.get(step) for text in read_as for step in text.split(", ")}
    return frozenset(
        word
        for choices in _CHOICES
        if len(shown := said.intersection(choices)) == 1
        for word in shown
    )
