"""Kinds of identifier, and how sure their rules are, as the seed says."""

from functools import cache

from ingestion.settings import REPOSITORY
from orchestration import handwritten

_SEED = REPOSITORY / "dbt_project" / "seeds" / "identifier_rules.csv"


@cache
def kinds() -> tuple[str, ...]:
    """The kinds of identifier; what ties records without one is named as its rule."""
    return tuple(
        row["identifier_kind"]
        for row in _rows()
        if row["identifier_kind"] != row["rule"]
    )


@cache
def priorities() -> dict[str, float]:
    """The priority of each rule, the surest least."""
    return {row["rule"]: float(row["priority"]) for row in _rows()}


def _rows() -> list[dict[str, str]]:
    lines = handwritten.lines(_SEED, "identifier_kind", "rule", "priority")
    return [row for _, row in lines]
