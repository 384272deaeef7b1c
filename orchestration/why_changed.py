"""Why a number is another one: answers about two published nights, in words."""

from decimal import Decimal
from pathlib import Path

from ingestion.settings import Settings
from orchestration.change_causes import Explanation, explain
from orchestration.metrics import METRICS
from orchestration.published import NOTHING, night_of, versions_kept

# In the order in which they are told, each with what it means between two nights.
CAUSES = {
    "new data": "happened on {first} or later",
    "late data": "happened before {first}, came after its night",
    "restated data": "the same records with other values, or gone since",
    "identity": "the same records, of other customers",
    "rule": "the same files, read or valued otherwise: a seed, a setting, a rate or a"
    " model is another, or refused lines pass now",
    "passing of the day": "the same records, seen from another day, or at its rates",
}


def why_changed(
    settings: Settings, metric: str, first: str, second: str, customer: str | None
) -> str:
    """By how much a metric changed between two nights, and by what.

    A night is a day, for its last version, or the name of a version. Raises LookupError
    for a metric or a version that there is not, ValueError for what cannot be compared.
    """
    if metric not in METRICS:
        listed = (f"  {name:<22} {METRICS[name].meaning}" for name in METRICS)
        raise LookupError("\n".join([f"no metric is called {metric}:", *listed]))
    earlier, later = (_version(settings, night) for night in (first, second))
    if versions_kept(settings).index(earlier) < versions_kept(settings).index(later):
        raise ValueError(f"{first} is after {second}: say the earlier night first")
    return said(explain(settings, metric, earlier, later, customer))


def said(found: Explanation) -> str:
    """An explanation as lines of text."""
    is_money = METRICS[found.metric].is_money

    def shown(amount: Decimal, sign: str = "+") -> str:
        return f"{amount:{sign},.2f}" if is_money else f"{int(amount):{sign},}"

    lines = [f"{found.metric}: {METRICS[found.metric].meaning}"]
    for version, value, currency in zip(
        found.versions, found.values, found.currencies, strict=True
    ):
        lines.append(f"{version:<18} {shown(value, ''):>15} {currency}".rstrip())
    lines.append(f"{'change':<18} {shown(found.values[1] - found.values[0]):>15}")
    first = found.versions[0].partition("_")[0]
    for cause, meaning in CAUSES.items():
        mine = [part for part in found.parts if part.cause == cause]
        if not mine:
            continue
        amount = shown(sum((part.change for part in mine), Decimal()))
        lines.append(f"  {cause:<18} {amount:>13}  {meaning.format(first=first)}")
        for part in mine:
            lines.append(f"    {shown(part.change):>17}  {part.what}: {part.count:,}")
            lines += [
                f"    {shown(row.change):>17}    {row.key}"
                for row in found.examples
                if (row.cause, row.what) == (part.cause, part.what)
            ]
    return "\n".join([*lines, *(f"note: {note}" for note in found.notes)])


def _version(settings: Settings, asked: str) -> Path:
    """The folder of a version by its name, or of the last version of a night."""
    versions = versions_kept(settings)
    for version in versions:
        if asked in (version.name, str(night_of(version))):
            return version
    if not versions:
        raise LookupError(NOTHING.format(settings.home))
    raise LookupError(
        f"no version of {asked} is kept; there are"
        f" {', '.join(version.name for version in versions)}. Set"
        f" UNAVISTA_KEEP_VERSIONS (now {settings.keep_versions}) to keep more from the"
        " next night on"
    )
